// How a card stands, in one word, and what can be done with it. Pure.

import type { Day, Network, PassOfWorker } from '../shared/types.ts';
import { addDays } from './days.ts';

export type Standing =
  /** Nothing carries it, and no code waits. */
  | 'unused'
  /** A code waits to be used. */
  | 'waiting'
  | 'in_use'
  /** In use, in the days of grace. */
  | 'grace'
  | 'ended_by_day'
  | 'paused'
  | 'ended';

export function standingOf(pass: PassOfWorker, now: number, today: Day, network: Network | undefined): Standing {
  if (pass.state === 'revoked') return 'ended';
  if (today > addDays(pass.last, pass.grace_days) || pilotEnded(network, today)) return 'ended_by_day';
  if (pass.state === 'suspended') return 'paused';
  if (pass.state === 'issued') return hasOpenCode(pass, now) ? 'waiting' : 'unused';
  return today > pass.last ? 'grace' : 'in_use';
}

const pilotEnded = (network: Network | undefined, today: Day): boolean =>
  network?.status === 'pilot' && network.last !== undefined && today > network.last;

/** Whether a code was given that nobody has used yet. */
export const hasOpenCode = (pass: PassOfWorker, now: number): boolean =>
  pass.activation !== undefined && pass.activation.used_at === undefined && Date.parse(pass.activation.expires) > now;

/** Whether the phone that was replaced can still be brought back, and for how long in milliseconds. */
export const undoLeft = (pass: PassOfWorker, now: number): number => (pass.undo_until ? Math.max(0, Date.parse(pass.undo_until) - now) : 0);

export type Deed =
  | 'give_code'
  | 'new_phone'
  | 'lost_phone'
  | 'bind'
  | 'renew'
  | 'paper'
  | 'correct'
  | 'suspend'
  | 'resume'
  | 'revoke'
  | 'erase';

/** What a worker can do now, in the order in which it is offered. What the server would refuse is not offered. */
export function deedsOf(pass: PassOfWorker, standing: Standing): Deed[] {
  const carried: Deed[] = pass.phone ? ['new_phone', 'lost_phone'] : ['give_code', 'bind'];
  switch (standing) {
    case 'ended':
      return ['erase'];
    case 'paused':
      return ['resume', ...(pass.phone ? (['lost_phone'] as const) : []), 'renew', 'correct', 'revoke', 'erase'];
    case 'ended_by_day':
      return ['renew', 'correct', 'revoke', 'erase'];
    case 'unused':
    case 'waiting':
    case 'in_use':
    case 'grace':
      return [...carried, 'renew', 'paper', 'correct', 'suspend', 'revoke', 'erase'];
  }
}
