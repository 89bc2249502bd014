// The camera sees the same code in every frame. A code counts once, and so does a card that was just welcomed, though its code changes.

import { readCode } from '../shared/code/read.ts';

/** For so long after it was last seen, the same is silent (milliseconds). */
export const SILENT = 5000;

/** What a code's card is told by: its credential's number. Other codes are told by their text. */
export function cardOf(text: string): string {
  const read = readCode(text);
  return read.ok ? `card ${read.code.credential.cti}` : `text ${text}`;
}

/** Remembers what was just seen. */
export class Sightings {
  #seen = new Map<string, number>();
  #welcomed = new Set<string>();

  /** Whether this is new, and not what is still held before the camera. A refused card may come again at once with a new code. */
  fresh(text: string, at: number): boolean {
    const card = cardOf(text);
    for (const [key, last] of this.#seen) {
      if (at - last < SILENT) continue;
      this.#seen.delete(key);
      this.#welcomed.delete(key);
    }
    const again = this.#seen.has(text) || this.#welcomed.has(card);
    this.#seen.set(text, at);
    if (this.#welcomed.has(card)) this.#seen.set(card, at);
    return !again;
  }

  /** A card that was welcomed stays silent, whatever code it shows: also after an undo, or it would be back in at once. */
  welcomed(text: string, at: number): void {
    const card = cardOf(text);
    this.#welcomed.add(card);
    this.#seen.set(card, at);
  }
}

/** Codes that are this equally late, in seconds, come from a clock that is wrong: a picture grows older. */
const EQUALLY = 8;

/** Tells an old picture from a phone whose clock is slow: of that, a second, fresh code is just as late. */
export class Lateness {
  #late = new Map<string, { signedAt: number; by: number }>();

  /** Takes a code that was refused as stale, and when (Unix milliseconds); answers whether the card's clock is wrong. */
  slowClock(text: string, at: number): boolean {
    const read = readCode(text);
    if (!read.ok || read.code.signedAt === 0) return false;
    const { credential, signedAt } = read.code;
    const by = at / 1000 - signedAt;
    const before = this.#late.get(credential.cti);
    this.#late.set(credential.cti, { signedAt, by });
    return before !== undefined && signedAt > before.signedAt && Math.abs(by - before.by) <= EQUALLY;
  }
}
