// The code of this moment.

import { clock } from '../shared/clock.ts';
import { decodeBase64url } from '../shared/code/base64url.ts';
import { makeCode } from '../shared/code/sign.ts';
import { update } from '../shared/db.ts';

/** A code is renewed so often while it is on screen, in milliseconds. */
export const RENEWED = 20_000;

/** Doors take a code that is so many seconds ahead of their clock. */
const AHEAD = 30;

/**
 * The second that the next code is signed for: later than the last one, so that no code is shown twice. A last one further ahead than doors
 * take was shown by a clock that was wrong; it does not hold up the right time.
 */
export function nextSecond(now: number, last: number | undefined): number {
  return last !== undefined && last >= now && last < now + AHEAD ? last + 1 : now;
}

/**
 * Signs a code for now; none if the pass has no credential yet. Two tabs never sign for the same second: the kept one counts. It need not be
 * on the disk when the code is shown: a phone that lost its power starts later than that second.
 */
async function freshCode(id: string): Promise<string | undefined> {
  const now = Math.floor(clock.now() / 1000);
  const c = await update('passes', id, (kept) => kept && { ...kept, lastShown: nextSecond(now, kept.lastShown) }, 'relaxed');
  const credential = c?.codes && decodeBase64url(c.codes.credential.credential);
  if (!credential || c?.lastShown === undefined || !c.codes) return undefined;
  return makeCode(credential, c.lastShown, c.codes.key.privateKey);
}

/** Longer before it is shown, a code is made anew; in milliseconds. */
const EARLY = 3000;
let early: { id: string; at: number; code: Promise<string | undefined> } | undefined;

/** Begins to sign the first code of a start while the words are still on their way. */
export function beginCode(id: string): void {
  early = { id, at: performance.now(), code: freshCode(id).catch(() => undefined) };
}

/** The next code of a pass. */
export async function nextCode(id: string): Promise<string | undefined> {
  const begun = early;
  early = undefined;
  const code = begun?.id === id && performance.now() - begun.at < EARLY ? await begun.code : undefined;
  return code ?? freshCode(id);
}
