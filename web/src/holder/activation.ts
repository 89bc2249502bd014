// Making this phone carry a pass. The device key is on the disk before anybody is asked, and the same question with the same key has the
// same answer: an answer that gets lost, and a page that is loaded again, lose nothing.

import * as api from '../shared/api.ts';
import { clock, learn } from '../shared/clock.ts';
import { newKey, publicJwk } from '../shared/code/keys.ts';
import { canKeepKeys, keep, kept } from '../shared/db.ts';
import type { Activated, ActivationRequest, Answer, Key, PassOfHolder, Problem } from '../shared/types.ts';
import { add, change, forget, held, setReady, show } from './carried.ts';
import { asPhone, contact, forgetAsker, met } from './contact.ts';
import { type Carried, isActive, LINKS } from './kept.ts';
import { passOf } from './standing.ts';

export type Outcome =
  | { is: 'active'; id: string }
  | { is: 'waiting' }
  /** Another phone carries the pass: the holder is asked, and the same is sent with `replace`. */
  | { is: 'replace' }
  | { is: 'birth_year' }
  /** This browser keeps no keys. */
  | { is: 'no_keys' }
  | { is: 'problem'; problem: Problem };

const problem = (p: Problem): Outcome => ({ is: 'problem', problem: p });

/** Those that are being activated here: one at most, but for two tabs. */
const waiting = (): Carried | undefined => held()?.all.find((c) => !isActive(c));

/** The key that is to carry the next pass, kept. */
async function pending(): Promise<Carried> {
  const known = waiting();
  if (known) return known;
  const made: Carried = { id: `${Date.now().toString(36)}-${api.randomId()}`, device: await newKey() };
  await add(made);
  return made;
}

type Asked = NonNullable<Carried['asked']>;

/** While something is sent, nobody else asks in its key's name. */
let sending = 0;

/** Sends something that makes this phone carry a pass. */
async function attempt(asked: Asked, send: (key: Key) => Promise<Answer<Activated>>): Promise<Outcome> {
  sending++;
  return tried(asked, send).finally(() => {
    sending--;
  });
}

async function tried(asked: Asked, send: (key: Key) => Promise<Answer<Activated>>): Promise<Outcome> {
  if (!waiting() && !(await canKeepKeys())) return { is: 'no_keys' };
  const c = await pending();
  await change(c.id, (now) => ({ ...now, asked }));
  const at = Date.now();
  const answer = await send(await publicJwk(c.device.publicKey));
  if (answer.ok) return taken(c, answer.value, at);
  if (answer.problem.code === 'key_taken') {
    // An earlier answer was lost: that pass is here. This one needs a key of its own.
    await adopt(c);
    return waiting()?.id === c.id ? problem(answer.problem) : tried(asked, send);
  }
  if (!unsure(answer.problem)) await change(c.id, ({ asked: _, ...now }) => now);
  await met(c, answer.problem);
  return refused(answer.problem);
}

/** Whether it may have happened all the same. */
const unsure = (p: Problem): boolean => api.isOffline(p) || p.status >= 500;

function refused(p: Problem): Outcome {
  switch (p.code) {
    case 'replace_needed':
      return { is: 'replace' };
    case 'birth_year_needed':
      return { is: 'birth_year' };
    default:
      return problem(p);
  }
}

export interface Extra {
  replace?: boolean;
  birthYear?: number | undefined;
}

const extra = (e: Extra) => ({ ...(e.replace ? { replace: true } : {}), ...(e.birthYear ? { birth_year: e.birthYear } : {}) });

/** Activates with the worker's code. */
export async function byCode(code: string, e: Extra): Promise<Outcome> {
  const outcome = await attempt('activation', (device_key) => api.activate({ code, device_key, ...extra(e) }));
  if (outcome.is === 'active') await linkDone(code);
  return outcome;
}

/** Moves the pass here with its number and recovery code. */
export const byRecovery = (pass_number: string, code: string, birthYear?: number): Promise<Outcome> =>
  attempt('recovery', (device_key) => api.recover({ pass_number, code, device_key, ...extra({ birthYear }) }));

/** Gets eight digits to read out, or goes on with those that wait. */
export async function openDigits(): Promise<Outcome> {
  if (!waiting() && !(await canKeepKeys())) return { is: 'no_keys' };
  const c = await pending();
  if (c.request && Date.parse(c.request.expires) > clock.now()) return { is: 'waiting' };
  const answer = await api.openRequest(await publicJwk(c.device.publicKey));
  if (answer.ok) return opened(c, answer.value);
  if (answer.problem.code === 'key_taken') return adopt(c);
  await met(c, answer.problem);
  return problem(answer.problem);
}

/** How long digits can be read out, in milliseconds. */
const REQUEST_LIFE = 10 * 60_000;

async function opened(c: Carried, { id, digits, expires }: ActivationRequest): Promise<Outcome> {
  if (digits && expires) await change(c.id, (now) => ({ ...now, request: { id, digits, expires: byThisClock(expires) } }));
  return { is: 'waiting' };
}

/** Before the first contact this phone's clock may be hours off: then what counts is how long digits live. */
function byThisClock(expires: string): string {
  const left = Date.parse(expires) - clock.now();
  return left > 0 && left <= REQUEST_LIFE ? expires : new Date(clock.now() + REQUEST_LIFE).toISOString();
}

/** Looks whether the worker has typed the digits. */
export async function lookAtDigits(): Promise<Outcome> {
  const c = waiting();
  if (!c?.request) return { is: 'waiting' };
  const at = Date.now();
  const answer = await api.readRequest(c.request.id);
  if (!answer.ok) {
    if (answer.problem.code === 'no_such_request') await dropDigits(c);
    await met(c, answer.problem);
    return problem(answer.problem);
  }
  const { state, pass, phone, recovery_code, now } = answer.value;
  if (state === 'active' && pass && phone && now) {
    return taken(c, { pass, phone, now, ...(recovery_code ? { recovery_code } : {}) }, at);
  }
  if (state === 'ended') await dropDigits(c);
  return { is: 'waiting' };
}

const dropDigits = (c: Carried) => change(c.id, ({ request: _, ...now }) => now);

/** Begins the life of a pass on this phone. */
async function taken(c: Carried, { pass, recovery_code, now }: Activated, asked: number): Promise<Outcome> {
  learn(now, asked);
  return begin(c, pass, recovery_code ? { code: recovery_code } : pass.recovery_code ? undefined : {});
}

async function begin(c: Carried, pass: PassOfHolder, recovery: Carried['recovery']): Promise<Outcome> {
  const before = held()?.passes.find((one) => one.pass.id === pass.id && one.id !== c.id);
  const next = await change(c.id, ({ asked: _, request: __, ...rest }) => ({
    ...rest,
    ...(before?.name ? { name: before.name } : {}),
    ...(before?.greeting ? { greeting: before.greeting } : {}),
    pass: passOf(pass),
    heard: clock.now(),
    ...(recovery ? { recovery } : {}),
  }));
  if (before) await forget(before.id); // it was here once, with a key that has ended
  await show(c.id);
  setReady(c.id);
  if (linked) await linkDone(linked);
  if (next && isActive(next)) void contact(next);
  return { is: 'active', id: c.id };
}

/** Asks with the key itself whether it carries a pass: after a lost answer it may. */
async function adopt(c: Carried): Promise<Outcome> {
  const me = await api.me(asPhone(c));
  // After a recovery the answer had the next recovery code in it; nobody has seen that one.
  if (me.ok) return begin(c, me.value, c.asked === 'recovery' || !me.value.recovery_code ? {} : undefined);
  if (!unsure(me.problem)) {
    await change(c.id, ({ asked: _, ...now }) => now);
    forgetAsker(c);
  }
  return problem(me.problem);
}

/** Goes on with what was asked before this start, if anything was. */
export async function resume(): Promise<Outcome> {
  const c = waiting();
  if (sending) return { is: 'waiting' };
  if (c?.asked) return adopt(c);
  return c?.request ? lookAtDigits() : { is: 'waiting' };
}

// An icon that was made from a link starts with the link's code for as long as it lives. A code that is done with is not asked for again.
const KEPT_LINKS = 5;
let linked: string | undefined;

/** Says that a link with a code was opened: the pass that is activated next is done with it, whichever way it goes. */
export function openedLink(code: string): void {
  linked = code;
}

export async function linkDone(code: string): Promise<void> {
  const before = (await doneLinks()).filter((c) => c !== code);
  await keep(LINKS, [code, ...before].slice(0, KEPT_LINKS)).catch(() => undefined);
}

export const doneLinks = async (): Promise<string[]> => (await kept<string[]>(LINKS).catch(() => undefined)) ?? [];
