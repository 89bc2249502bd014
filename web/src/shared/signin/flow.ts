// The decisions of signing in, apart from how they look. Pure: nothing is asked of anybody.

import type { AtWork, HeldRole, Problem, Role, RoleName } from '../types.ts';
import { sameRole } from '../work.ts';

/** The pages that people sign in to, and where each begins. */
export const APPS = { desk: '/desk', office: '/office' } as const;
export type AppName = keyof typeof APPS;

/** Where somebody works in a role; holders and scanners do not sign in. */
export function appOf(role: RoleName): AppName | undefined {
  switch (role) {
    case 'worker':
      return 'desk';
    case 'manager':
    case 'coordinator':
    case 'national':
      return 'office';
    case 'holder':
    case 'scanner':
      return undefined;
  }
}

export const openRoles = (person: AtWork): HeldRole[] => person.roles.filter((r) => !r.closed);
export const rolesHere = (person: AtWork, app: AppName): HeldRole[] => openRoles(person).filter((r) => appOf(r.role) === app);

/** Only what the server takes: a held role has names beside it. */
export function bare(held: Role): Role {
  return {
    role: held.role,
    ...(held.organisation === undefined ? {} : { organisation: held.organisation }),
    ...(held.network === undefined ? {} : { network: held.network }),
  };
}

export type Way = { go: 'in' } | { go: 'switch'; to: Role } | { go: 'choose' } | { go: 'elsewhere' };

/** How somebody who signed in goes on: as before, or at once where there is nothing to choose. `fresh` is a sign-in of this moment, after
 * which the session acts in any one of the roles; `before` is the role in which the same person was here. */
export function wayIn(person: AtWork, app: AppName, fresh: boolean, before?: Role): Way {
  const here = rolesHere(person, app);
  const [first, ...others] = here;
  if (!first) return { go: 'elsewhere' };
  if (before && here.some((r) => sameRole(r, before))) return sameRole(person.acting, before) ? { go: 'in' } : { go: 'switch', to: before };
  if (fresh && openRoles(person).length > 1) return { go: 'choose' };
  if (here.some((r) => sameRole(r, person.acting))) return { go: 'in' };
  return others.length === 0 ? { go: 'switch', to: bare(first) } : { go: 'choose' };
}

/** What a sign-in asks for beside e-mail and password. */
export type Codes = 'none' | 'one' | 'two';

/** What to ask for after a refusal; what was asked for before stays. */
export function codesAfter(problem: Problem, before: Codes): Codes {
  if (problem.code === 'second_code_needed') return 'two';
  return problem.code === 'code_needed' && before === 'none' ? 'one' : before;
}

/** What a person typed as a one-time code or recovery code, or nothing if it can be neither. */
export function readCode(typed: string): string | undefined {
  const code = typed.replace(/[\s\p{Pd}]/gu, '').toUpperCase();
  return /^\d{6}$/.test(code) || /^[0-9A-Z]{10}$/.test(code) ? code : undefined;
}

const SHORTEST = 12;
const LONGEST = 256;

/** What is weak about a password, as far as its length tells; characters, not UTF-16 units. */
export function weakness(password: string): 'in_weak_short' | 'in_weak_long' | undefined {
  const length = [...password].length;
  if (length < SHORTEST) return 'in_weak_short';
  return length > LONGEST ? 'in_weak_long' : undefined;
}

/** The sentence about a password that the server refused: it looks at the same lengths, so what remains is that it is guessed easily. */
export const weaknessTold = (password: string) => weakness(password) ?? 'in_weak_common';

/** The token of an invitation's link, which stands after the # so that no server on its way sees it. */
export function invitationToken(hash: string): string | undefined {
  const token = hash.replace(/^#/, '');
  return /^[\w-]{16,}$/.test(token) ? token : undefined;
}
