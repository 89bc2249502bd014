import { useState } from 'preact/hooks';
import type { AtWork, HeldRole, Problem, Role, RoleName } from '../types.ts';
import { Button, Failure, Screen } from '../ui/ui.tsx';
import { textOf } from '../words.ts';
import { end } from '../work.ts';
import { APPS, appOf, bare, openRoles } from './flow.ts';
import { tell } from './words.ts';

const NAMES = {
  worker: 'in_role_worker',
  manager: 'in_role_manager',
  coordinator: 'in_role_coordinator',
  national: 'in_role_national',
} as const;

/** What a role is called; holders and scanners have no account. */
export const roleName = (role: RoleName): string => (role === 'holder' || role === 'scanner' ? '' : tell(NAMES[role]));

/** Where a role is held, in the reader's language where there is a name. */
export function RolePlace({ role }: { role: HeldRole }) {
  const name = textOf(role.organisation_name);
  if (name.text) return <span lang={name.lang}>{name.text}</span>;
  return role.network ? <span>{role.network}</span> : null;
}

/** Somebody with several roles says in which one to go on; a role of another page leads there. */
export function RoleChooser(p: { person: AtWork; choose: (role: Role) => Promise<Problem | undefined> }) {
  const [busy, setBusy] = useState(-1);
  const [problem, setProblem] = useState<Problem>();
  return (
    <Screen title={tell('in_choose_role')}>
      {problem && <Failure problem={problem} />}
      <ul class="list">
        {openRoles(p.person).map((role, i) => (
          <li key={`${role.role}/${role.organisation}/${role.network}`} class="role-choice">
            <Button
              busy={busy === i}
              onClick={() => {
                setBusy(i);
                void p.choose(bare(role)).then((told) => {
                  if (told) setBusy(-1);
                  setProblem(told);
                });
              }}
            >
              <strong>{roleName(role.role)}</strong>
              <RolePlace role={role} />
            </Button>
          </li>
        ))}
      </ul>
    </Screen>
  );
}

/** Somebody who has no role on this page is led to the one where they have. */
export function Elsewhere({ person }: { person: AtWork }) {
  const apps = [...new Set(openRoles(person).map((r) => appOf(r.role)))];
  return (
    <Screen title={tell('in_no_role_title')}>
      <p>{tell('in_no_role_here')}</p>
      {apps.includes('desk') && (
        <a class="button primary" href={APPS.desk}>
          {tell('in_go_desk')}
        </a>
      )}
      {apps.includes('office') && (
        <a class="button primary" href={APPS.office}>
          {tell('in_go_office')}
        </a>
      )}
      <Button icon="out" onClick={() => void end()}>
        {tell('in_sign_out')}
      </Button>
    </Screen>
  );
}
