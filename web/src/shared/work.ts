// The session of somebody who works. The refresh token is a cookie that no script can read; the access token lives in this page's memory.

import * as api from './api.ts';
import { learn } from './clock.ts';
import type { Answer, Role, SignedIn } from './types.ts';

export interface WorkSession {
  acting: Role;
  ends: string;
}

let token: { text: string; until: number } | undefined;
let session: WorkSession | undefined;
/** In which role this page goes on: another page of the same browser may have changed the session's. */
let wanted: Role | undefined;
let coming: Promise<Answer<string>> | undefined;
/** How a session came to its end: the person left, or it was over. */
export type Ending = 'left' | 'over';

const listeners = new Set<(ending: Ending | undefined) => void>();

/** Who is signed in here, if anybody is known to be. */
export const current = (): WorkSession | undefined => session;

export const sameRole = (a: Role, b: Role): boolean => a.role === b.role && a.organisation === b.organisation && a.network === b.network;

/** Tells of every sign-in, change of role and end, and how it came to that. */
export function onSession(listener: (ending: Ending | undefined) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: WorkSession | undefined, ending?: Ending): void {
  session = next;
  for (const tell of listeners) tell(ending);
}

/** Takes up the answer of a sign-in, an accepted invitation or a change of role. */
export function begin(answer: SignedIn): void {
  wanted = answer.acting;
  token = { text: answer.access_token, until: performance.now() + (answer.expires_in - 30) * 1000 };
  set({ acting: answer.acting, ends: answer.session_ends });
}

/** The next access token, in the role in which this page goes on; one that is not held any more gives way to the session's own. */
async function renew(): Promise<Answer<SignedIn>> {
  const answer = await api.refreshSession();
  if (!answer.ok || !wanted || sameRole(answer.value.acting, wanted)) return answer;
  const switched = await api.switchRole(wanted);
  return switched.ok || switched.problem.code !== 'role_not_held' ? switched : answer;
}

async function refresh(): Promise<Answer<string>> {
  const asked = Date.now();
  const answer = await renew();
  if (!answer.ok) {
    if (answer.problem.status === 401) leave('over');
    return answer;
  }
  learn(answer.value.now, asked);
  begin(answer.value);
  return { ok: true, value: answer.value.access_token };
}

function fresh(): Promise<Answer<string>> {
  if (token && performance.now() < token.until) return Promise.resolve({ ok: true, value: token.text });
  coming ??= refresh().finally(() => {
    coming = undefined;
  });
  return coming;
}

/** Goes on with a session that the cookie still holds; false if somebody has to sign in. */
export const resume = async (): Promise<Answer<string>> => fresh();

/** Asks as whoever is signed in. */
export const asPerson: api.Asker = async <T>(asked: Omit<api.Asked, 'token'>): Promise<Answer<T>> => {
  const first = await fresh();
  if (!first.ok) return first;
  const answer = await api.ask<T>({ ...asked, token: first.value });
  if (answer.ok || answer.problem.status !== 401) return answer;
  token = undefined;
  const next = await fresh();
  return next.ok ? api.ask<T>({ ...asked, token: next.value }) : next;
};

/** Goes on in another role. */
export async function actAs(role: Role): Promise<Answer<SignedIn>> {
  const answer = await api.switchRole(role);
  if (answer.ok) begin(answer.value);
  return answer;
}

/** Signs out here. */
export async function end(): Promise<Answer<undefined>> {
  const answer = await api.endSession();
  if (answer.ok) leave('left');
  return answer;
}

/** Signs out wherever the person is signed in. */
export async function endEverywhere(): Promise<Answer<undefined>> {
  const answer = await api.endAllSessions(asPerson);
  if (answer.ok) leave('left');
  return answer;
}

/** Forgets the session in this page. */
export function leave(ending: Ending): void {
  token = undefined;
  if (ending === 'left') wanted = undefined;
  set(undefined, ending);
}
