// Keeping in touch with the server: how the pass stands, a new credential in time, the inbox and the reservations. All of it happens behind
// the pass, which never waits for it.

import * as api from '../shared/api.ts';
import { clock, learn } from '../shared/clock.ts';
import { decodeBase64url } from '../shared/code/base64url.ts';
import { newKey, publicJwk } from '../shared/code/keys.ts';
import { namesKey } from '../shared/code/sign.ts';
import { kept } from '../shared/db.ts';
import { Prover } from '../shared/proof.ts';
import type { Notice, Problem, Stored } from '../shared/types.ts';
import { onLanguage, plainLanguage } from '../shared/words.ts';
import { changeActive, held } from './carried.ts';
import type { Active, Carried } from './kept.ts';
import { merged, unsaid } from './notices.ts';
import { heard, passOf, wantsCredential } from './standing.ts';

const provers = new Map<string, Prover>();

/** Asks as the phone that carries a pass. */
export function asPhone(c: Carried): api.Asker {
  let prover = provers.get(c.id);
  if (!prover) {
    prover = new Prover('device+jwt', c.device);
    provers.set(c.id, prover);
  }
  return prover.ask;
}

/** Whether the server was reached last time; nobody knows before the first time. */
let reached = true;
/** Whether the last contact was put off: it is made good soon. */
let putOff = false;
const listeners = new Set<() => void>();

export const online = (): boolean => navigator.onLine && reached;

export function onReach(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function reach(now: boolean): void {
  reached = now;
  for (const tell of listeners) tell();
}

/** Takes up what a problem tells about the pass; every screen that asks passes its problems on here. */
export async function met(c: Carried, problem: Problem): Promise<void> {
  reach(!api.isOffline(problem));
  putOff = problem.status === 429 || problem.status >= 500;
  const stopped = stoppedBy(problem.code);
  if (stopped) await changeActive(c.id, (now) => ({ ...now, stopped }));
}

function stoppedBy(code: string): Active['stopped'] {
  switch (code) {
    // The key is kept: the worker can make this phone live again for a day.
    case 'not_this_phone':
    case 'unknown_key':
      return 'not_this_phone';
    case 'pass_suspended':
    case 'pass_ended':
    case 'pass_expired':
      return code;
    default:
      return undefined;
  }
}

const talking = new Map<string, Promise<void>>();

/** Hears of a pass; once at a time. */
export function contact(c: Active): Promise<void> {
  const now = talking.get(c.id) ?? talk(c).finally(() => talking.delete(c.id));
  talking.set(c.id, now);
  return now;
}

async function talk(c: Active): Promise<void> {
  const asked = Date.now();
  const me = await api.me(asPhone(c));
  if (!me.ok) return met(c, me.problem);
  learn(me.value.now, asked);
  reach(true);
  putOff = false;
  const now = await changeActive(c.id, (kept) => ({ ...heard(kept, me.value, clock.now()), ...nothing(me.value) }));
  if (!now) return;
  if (wantsCredential(now, clock.now()) || (c.stopped && !now.stopped)) await renew(now);
  // A change of somebody else's comes with a notice; what is read on its own screen is read there.
  const news = me.value.notices !== now.notices?.length;
  if (news) await readInbox(now);
  if (news || me.value.reservations !== now.reservations?.length) await readReservations(now);
  await tellLanguage(now);
}

/** Where there is nothing to read, nothing is asked. */
const nothing = (told: Stored): Pick<Carried, 'notices' | 'reservations'> => ({
  ...(told.notices === 0 ? { notices: [] } : {}),
  ...(told.reservations === 0 ? { reservations: [] } : {}),
});

/** Gets a credential for a new code key. The key is kept before it is asked for; a second tab asks for the same one. */
async function renew(c: Active): Promise<void> {
  const fresh = await newKey();
  const key = (await changeActive(c.id, (now) => (now.nextKey ? now : { ...now, nextKey: fresh })))?.nextKey;
  if (!key) return;
  const jwk = await publicJwk(key.publicKey);
  const asked = Date.now();
  const answer = await api.credential(asPhone(c), jwk);
  if (!answer.ok) return met(c, answer.problem);
  learn(answer.value.now, asked);
  const bytes = decodeBase64url(answer.value.credential);
  if (!bytes || !namesKey(bytes, jwk)) return; // no door would take its codes
  await changeActive(c.id, ({ nextKey: _, ...now }) => ({ ...now, codes: { key, credential: answer.value } }));
}

/** Reads the inbox: notices are kept for 90 days, so that few pages are all. */
export async function readInbox(c: Active): Promise<Problem | undefined> {
  const told: Notice[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES && (page === 0 || cursor); page++) {
    const answer = await api.notices(asPhone(c), cursor);
    if (!answer.ok) {
      await met(c, answer.problem);
      return answer.problem;
    }
    told.push(...answer.value.notices);
    cursor = answer.value.next;
  }
  const now = await changeActive(c.id, (kept) => ({ ...kept, notices: merged(kept.notices ?? [], told) }));
  await sayRead(c, unsaid(now?.notices ?? [], told));
  return undefined;
}

const PAGES = 5;

/** Marks notices as read: here at once, and at the server when it can be reached. */
export async function markRead(c: Active, unread: readonly Notice[]): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  const ids = new Set(unread.map((n) => n.id));
  await changeActive(c.id, (now) => ({ ...now, notices: (now.notices ?? []).map((n) => (ids.has(n.id) ? { ...n, read_at: at } : n)) }));
  if (online()) await sayRead(c, unread);
}

async function sayRead(c: Active, all: readonly Notice[]): Promise<void> {
  for (const n of all) {
    const answer = await api.readNotice(asPhone(c), n.id);
    if (!answer.ok && api.isOffline(answer.problem)) return met(c, answer.problem);
  }
}

/** Reads the reservations, to be seen without a network too. */
export async function readReservations(c: Active): Promise<Problem | undefined> {
  const answer = await api.myReservations(asPhone(c));
  if (answer.ok) await changeActive(c.id, (now) => ({ ...now, reservations: answer.value.reservations }));
  else await met(c, answer.problem);
  return answer.ok ? undefined : answer.problem;
}

/** Tells the server a language that was chosen here, for what is printed and pushed. */
async function tellLanguage(c: Active): Promise<void> {
  const chosen = await kept<string>('language').catch(() => undefined);
  if (!chosen || c.stopped || c.id !== held()?.shown?.id || c.pass.language === plainLanguage()) return;
  const answer = await api.setLanguage(asPhone(c), plainLanguage());
  if (answer.ok) await changeActive(c.id, (now) => ({ ...now, pass: passOf(answer.value) }));
}

/** How old what is known may be when the app is looked at again, and how old other passes' may be, in milliseconds. */
const FRESH = 15_000;
const OTHERS = 24 * 3600_000;
const WHILE_OPEN = 10 * 60_000;
const AGAIN = 30_000;
/** The first code is drawn before anything else is begun. */
const AFTER_CODE = 300;

/** Keeps in touch from now on: at once, when the app is looked at again, when there is a network again, and now and then. */
export function keepInTouch(): () => void {
  const look = (anyway?: boolean) => {
    if (document.visibilityState === 'visible') void touch(anyway === true).catch(() => undefined); // a full disk stops no pass
  };
  const seen = () => look();
  const again = () => {
    reached = true; // to be seen
    look(true);
  };
  // A language that was chosen is kept in the next moment.
  const chosen = onLanguage(() => setTimeout(() => look(true), 1000));
  let slept = 0;
  const timer = setInterval(() => {
    slept += AGAIN;
    if (!reached || putOff || slept >= WHILE_OPEN) {
      slept = 0;
      look(true);
    }
  }, AGAIN);
  const gone = () => reach(reached);
  document.addEventListener('visibilitychange', seen);
  addEventListener('online', again);
  addEventListener('offline', gone);
  const first = setTimeout(() => look(true), AFTER_CODE);
  return () => {
    clearTimeout(first);
    clearInterval(timer);
    chosen();
    document.removeEventListener('visibilitychange', seen);
    removeEventListener('online', again);
    removeEventListener('offline', gone);
  };
}

const older = (heard: number | undefined, than: number, now: number): boolean => heard === undefined || Math.abs(now - heard) > than;

const planned = new Set<string>();

/** Hears of the pass on screen; of the others seldom, and not in the same moment: nobody is to see that they are on one phone. */
async function touch(anyway: boolean): Promise<void> {
  const all = held();
  if (!all || !navigator.onLine) return;
  const now = clock.now();
  const { shown } = all;
  if (shown && (anyway || older(shown.heard, FRESH, now))) await contact(shown);
  for (const c of all.passes) {
    if (c.id === shown?.id || planned.has(c.id) || !(older(c.heard, OTHERS, now) || wantsCredential(c, now))) continue;
    planned.add(c.id);
    setTimeout(() => void contact(c).finally(() => planned.delete(c.id)), 5000 + Math.random() * 55_000);
  }
}

/** Forgets who asked for a pass, after it was removed. */
export function forgetAsker(c: Carried): void {
  provers.delete(c.id);
}
