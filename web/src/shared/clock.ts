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

let offset: Offset = { by: 0, at: 0 };

/** The corrected clock of this device. */
export const clock: Clock = { now: () => Date.now() + offset.by };

/** Reads what was learnt before this start. */
export async function wakeClock(): Promise<void> {
  const known = await kept<Offset>(NAME).catch(() => undefined);
  if (known && offset.at === 0) offset = known;
}

/** Learns from an answer's `now` (whole seconds, rounded down) when it arrives; `asked` is when the request left, by Date.now(). */
export function learn(now: string | undefined, asked: number): void {
  if (!now) return;
  const arrived = Date.now();
  // The server said it somewhere between the two, half a second after the whole second on average.
  const by = Date.parse(now) + 500 - (asked + arrived) / 2;
  if (Number.isNaN(by)) return;
  offset = { by: Math.abs(by) < 1500 ? 0 : by, at: arrived };
  void keep(NAME, offset).catch(() => undefined);
}

/** How wrong this device's clock is and when that was learnt, in milliseconds. */
export const wrongBy = (): Readonly<Offset> => offset;
