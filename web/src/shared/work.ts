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
let coming: Promise<Answer<string>> | undefined;
const listeners = new Set<() => void>();

/** Who is signed in here, if anybody is known to be. */
export const current = (): WorkSession | undefined => session;

/** Tells of every sign-in, change of role and end. */
export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: WorkSession | undefined): void {
  session = next;
  for (const tell of listeners) tell();
}

/** Takes up the answer of a sign-in, an accepted invitation or a change of role. */
export function begin(answer: SignedIn): void {
  token = { text: answer.access_token, until: performance.now() + (answer.expires_in - 30) * 1000 };
  set({ acting: answer.acting, ends: answer.session_ends });
}

async function refresh(): Promise<Answer<string>> {
  const asked = Date.now();
  const answer = await api.refreshSession();
  if (!answer.ok) {
    if (answer.problem.status === 401) {
      token = undefined;
      set(undefined);
    }
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
  if (answer.ok) {
    token = undefined;
    set(undefined);
  }
  return answer;
}
