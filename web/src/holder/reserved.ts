// In which order reservations are shown, and which can still be cancelled. Pure.

import type { Reservation } from '../shared/types.ts';

/** Those that hold a place or wait for one. */
const holds = (r: Reservation): boolean => r.state === 'reserved' || r.state === 'waiting' || r.state === 'offered';

/** What is to come, the next first; and the rest, the latest first. */
export function inOrder(all: readonly Reservation[], at: number): { coming: Reservation[]; past: Reservation[] } {
  const starts = (r: Reservation) => Date.parse(r.start);
  const comes = (r: Reservation) => holds(r) && Date.parse(r.end) > at;
  return {
    coming: all.filter(comes).sort((a, b) => starts(a) - starts(b)),
    past: all.filter((r) => !comes(r)).sort((a, b) => starts(b) - starts(a)),
  };
}

export const mayCancel = (r: Reservation, at: number): boolean => holds(r) && at < Date.parse(r.cancel_until);
