// A scan is decided here and asked of the server at once. The server has 800 ms; then what was decided here is shown.

import type { Answer, Decision } from '../shared/types.ts';

/** How long a person waits for the server's answer, in milliseconds. */
export const DEADLINE = 800;
/** How long the question stays open after that: a late yes may still replace a refusal that is on the screen. */
export const PATIENCE = 5000;

/** What the server said in time, or that it did not. */
export type Raced = { readonly by: 'server'; readonly answer: Answer<Decision> } | { readonly by: 'nobody' };

/** Waits for the server, but not for long. */
export async function race(asked: Promise<Answer<Decision>>, sleep: (milliseconds: number) => Promise<void>): Promise<Raced> {
  const late = sleep(DEADLINE).then((): Raced => ({ by: 'nobody' }));
  return Promise.race([asked.then((answer): Raced => ({ by: 'server', answer })), late]);
}

/** Codes of problems after which this phone is no scanner any more. */
const ENDED: ReadonlySet<string> = new Set(['scanner_ended', 'unknown_key', 'organisation_closed', 'wrong_role']);
/** Problems with the question itself: deciding here would not make it better. */
const WRONG: ReadonlySet<string> = new Set(['no_such_session', 'typing_paused']);

/** What a problem means at the door: go on without the server, say what is wrong, or stop. */
export function meaning(code: string): 'alone' | 'wrong' | 'ended' {
  return ENDED.has(code) ? 'ended' : WRONG.has(code) ? 'wrong' : 'alone';
}

/**
 * What a late answer changes. A welcome that was shown stands: a late no is settled by the upload, which tells the manager. A refusal that is
 * still on the screen gives way to a late yes.
 */
export function late(shown: Decision, onScreen: boolean, answer: Answer<Decision>): 'show' | 'settled' | 'upload' {
  if (!answer.ok) return 'upload';
  if (answer.value.decision === shown.decision) return 'settled';
  return shown.decision === 'refused' && answer.value.decision === 'admitted' && onScreen ? 'show' : 'upload';
}
