// The code of this moment.

import { clock } from '../shared/clock.ts';
import { decodeBase64url } from '../shared/code/base64url.ts';
import { makeCode } from '../shared/code/sign.ts';
import { update } from '../shared/db.ts';
import type { Carried } from './kept.ts';

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

/** The last second of each pass in this page, which a full phone cannot keep. */
const lastHere = new Map<string, number>();

/**
 * Signs a code for now; none if the pass has no credential yet. Two tabs never sign for the same second: the kept one counts. It need not be
 * on the disk when the code is shown: a phone that lost its power starts later than that second. A phone on which nothing can be kept any
 * more still shows codes.
 */
async function freshCode(pass: Carried): Promise<string | undefined> {
  const now = Math.floor(clock.now() / 1000);
  const next = (last: number | undefined) => nextSecond(nextSecond(now, last), lastHere.get(pass.id));
  const told = await update('passes', pass.id, (kept) => kept && { ...kept, lastShown: next(kept.lastShown) }, 'relaxed').catch(() => ({
    ...pass,
    lastShown: next(pass.lastShown),
  }));
  const credential = told?.codes && decodeBase64url(told.codes.credential.credential);
  if (!credential || told?.lastShown === undefined || !told.codes) return undefined;
  lastHere.set(pass.id, told.lastShown);
  return makeCode(credential, told.lastShown, told.codes.key.privateKey);
}

/** Longer before it is shown, a code is made anew; in milliseconds. */
const EARLY = 3000;
let early: { id: string; at: number; code: Promise<string | undefined> } | undefined;

/** Begins to sign the first code of a start while the words are still on their way. */
export function beginCode(pass: Carried): void {
  early = { id: pass.id, at: performance.now(), code: freshCode(pass).catch(() => undefined) };
}

/** The next code of a pass. */
export async function nextCode(pass: Carried): Promise<string | undefined> {
  const begun = early;
  early = undefined;
  const code = begun?.id === pass.id && performance.now() - begun.at < EARLY ? await begun.code : undefined;
  return code ?? freshCode(pass);
}
