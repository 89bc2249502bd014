// The code of this moment.

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

/** Signs a code for now; none if the pass has no credential yet. Two tabs never sign for the same second: the disk counts. */
export async function freshCode(id: string, at: number): Promise<string | undefined> {
  const now = Math.floor(at / 1000);
  const c = await update('passes', id, (kept) => kept && { ...kept, lastShown: nextSecond(now, kept.lastShown) });
  const credential = c?.codes && decodeBase64url(c.codes.credential.credential);
  if (!credential || c?.lastShown === undefined || !c.codes) return undefined;
  return makeCode(credential, c.lastShown, c.codes.key.privateKey);
}
