// The server-corrected time. Phones' clocks are wrong by minutes; codes are judged by seconds. Every contact with the server that tells
// `now` corrects the offset, which is kept for when there is no network.

import { keep, kept } from './db.ts';

export interface Clock {
  /** Milliseconds since 1970, corrected. */
  now(): number;
}

interface Offset {
  /** Server minus this device, in milliseconds. */
  by: number;
  /** When it was learnt, by this device. */
  at: number;
}

const NAME = 'clock';
/** Less than this is no error of a clock, in milliseconds. */
const NOTHING = 1500;
/** So near to what was wrong is a clock that has been set right. */
const NEAR = 5000;

let offset: Offset = { by: 0, at: 0 };

/** This device's clock beside the one that counts from the start of the page, which nobody can set. */
const beside = (): number => Date.now() - performance.now();
let before = beside();

const small = (by: number): number => (Math.abs(by) < NOTHING ? 0 : by);

/**
 * What a device's clock is still wrong by when it has jumped against the one that nobody can set. A clock that goes back was set. A clock
 * that goes forward was set, too, if that puts it right; else the device slept, and the other one with it. Pure.
 */
export function afterJump(by: number, jump: number): number {
  if (Math.abs(jump) < NOTHING) return by;
  return jump < 0 || Math.abs(by - jump) < Math.min(NEAR, Math.abs(by)) ? small(by - jump) : by;
}

/** Takes out of the offset what somebody has set the clock by meanwhile: it is not to be corrected twice. */
function current(): Offset {
  const jump = beside() - before;
  before += jump;
  const by = offset.at === 0 ? 0 : afterJump(offset.by, jump);
  if (by !== offset.by) {
    offset = { by, at: offset.at + jump };
    void keep(NAME, offset).catch(() => undefined);
  }
  return offset;
}

/** The corrected clock of this device. */
export const clock: Clock = { now: () => Date.now() + current().by };

/** Reads what was learnt before this start. */
export async function wakeClock(): Promise<void> {
  const known = await kept<Offset>(NAME).catch(() => undefined);
  if (known && offset.at === 0) offset = known;
}

/** Learns from an answer's `now` (whole seconds, rounded down) when it arrives; `asked` is when the request left, by Date.now(). */
export function learn(now: string | undefined, asked: number): void {
  if (!now) return;
  current();
  const arrived = Date.now();
  // The server said it somewhere between the two, half a second after the whole second on average.
  const by = Date.parse(now) + 500 - (asked + arrived) / 2;
  if (Number.isNaN(by)) return;
  offset = { by: small(by), at: arrived };
  void keep(NAME, offset).catch(() => undefined);
}

/** How wrong this device's clock is and when that was learnt, in milliseconds. */
export const wrongBy = (): Readonly<Offset> => current();
