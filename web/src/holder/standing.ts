// How a pass stands at a moment: what its screen shows, and what is to be asked of the server. Pure.

import type { Day, PassOfHolder, Stored } from '../shared/types.ts';
import { helsinkiDay } from '../shared/words.ts';
import type { Active } from './kept.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/** How long a credential lives, if the pass does not end before. */
const CREDENTIAL_LIFE = 14 * DAY;
/** From so long before a credential ends the holder is told to go online. */
const SYNC_SOON = 4 * DAY;
/** So many days before its last day a pass says that it ends, and before that, that it can be renewed. */
const ENDS_SOON = 30;
const RENEW_FROM = 60;

export type Standing =
  /** Another phone carries it. */
  | { is: 'elsewhere' }
  | { is: 'paused' }
  /** Ended by the distributor, for good. */
  | { is: 'ended' }
  /** Past its last day and grace. */
  | { is: 'expired'; last: Day }
  /** Activated, and the first credential is on its way. */
  | { is: 'unready' }
  | {
      is: 'usable';
      last: Day;
      /** The last whole day on which doors without a network take the code. */
      works: Day;
      /** The credential has ended: only doors with a network take the code. */
      aged: boolean;
      /** By when the phone has to be online once, if that is soon. */
      syncBy?: Day;
      /** The day until which grace goes, in grace. */
      grace?: Day;
      endsSoon: boolean;
      canAsk: boolean;
    };

/** How a pass stands; `at` is milliseconds by the corrected clock. */
export function standing(c: Active, at: number): Standing {
  const today = helsinkiDay(at);
  switch (c.stopped) {
    case 'not_this_phone':
      return { is: 'elsewhere' };
    case 'pass_suspended':
      return { is: 'paused' };
    case 'pass_ended':
      return { is: 'ended' };
    case 'pass_expired':
    case undefined:
  }
  const last = lastDay(c);
  if (c.stopped === 'pass_expired' || at >= usableUntil(c)) return { is: 'expired', last };
  return c.codes ? usable(c, c.codes.credential.exp, last, today, at) : { is: 'unready' };
}

function usable(c: Active, ends: string, last: Day, today: Day, at: number): Standing {
  const exp = Date.parse(ends);
  const soon = exp - at <= SYNC_SOON && at < exp && exp < usableUntil(c);
  const left = daysBetween(today, last);
  return {
    is: 'usable',
    last,
    works: lastWholeDay(exp),
    aged: at >= exp,
    endsSoon: left >= 0 && left <= ENDS_SOON,
    canAsk: left <= RENEW_FROM,
    ...(soon ? { syncBy: lastWholeDay(exp) } : {}),
    ...(left < 0 ? { grace: helsinkiDay(usableUntil(c) - SECOND) } : {}),
  };
}

/** The pass's last day; a pilot that ends before takes the pass with it. */
export function lastDay(c: Active): Day {
  const until = helsinkiDay(usableUntil(c) - SECOND);
  if (until < c.pass.last) return until;
  return c.pass.last;
}

/** The instant from which the pass cannot be used. What the server said last counts; before it said anything, the end of grace. */
function usableUntil(c: Active): number {
  return c.usableUntil ? Date.parse(c.usableUntil) : midnight(plusDays(c.pass.last, c.pass.grace_days + 1));
}

/** The last day that is covered whole by what ends at an instant, give or take the last hour of a day. */
const lastWholeDay = (exp: number): Day => helsinkiDay(exp - 23 * HOUR);

export const plusDays = (day: Day, n: number): Day => new Date(Date.parse(day) + n * DAY).toISOString().slice(0, 10);
const daysBetween = (from: Day, to: Day): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** When a day begins in Helsinki: two hours before it begins in UTC, or three. */
function midnight(day: Day): number {
  const at = Date.parse(day) - 2 * HOUR;
  return helsinkiDay(at - HOUR) === day ? at - HOUR : at;
}

/** From so many milliseconds on a phone's clock is wrong. */
const WRONG = 30 * SECOND;

/**
 * Whether a clock that is off by so much is to be set: it has not been corrected for long, or the phone is not in Finland's time either, so
 * that its time is not set by itself.
 */
export const clockMatters = (by: number, since: number, inZone: boolean): boolean =>
  Math.abs(by) > WRONG && (Math.abs(since) > DAY || !inZone);

/** What the server has told, taken up. */
export function heard(c: Active, told: Stored, at: number): Active {
  const { stopped: _, ...rest } = c;
  const stopped = stoppedBy(told, at);
  return { ...rest, pass: passOf(told), usableUntil: told.usable_until, heard: at, ...(stopped ? { stopped } : {}) };
}

function stoppedBy(told: Stored, at: number): Active['stopped'] {
  switch (told.state) {
    case 'suspended':
      return 'pass_suspended';
    case 'revoked':
      return 'pass_ended';
    case 'issued':
    case 'active':
      return at >= Date.parse(told.usable_until) ? 'pass_expired' : undefined;
  }
}

/** What of all that is stored is kept on the phone: birth year and postal code are not. */
export function passOf(told: PassOfHolder): PassOfHolder {
  const { id, number, network, community, children, child_age, language, state, first, last, grace_days, renew_asked, recovery_code } =
    told;
  const pass = { id, number, network, community, children, child_age, language, state, first, last, grace_days, recovery_code };
  return renew_asked ? { ...pass, renew_asked } : pass;
}

/** Whether a new credential is to be asked for: it is old enough, or it says something that is not so any more. */
export function wantsCredential(c: Active, at: number): boolean {
  if (c.stopped) return false;
  const kept = c.codes?.credential;
  if (!kept || c.nextKey || at >= Date.parse(kept.renew_after)) return true;
  const exp = Math.min(Date.parse(kept.issued) + CREDENTIAL_LIFE, usableUntil(c));
  return kept.children !== c.pass.children || (kept.kind === 3) !== c.pass.community || Date.parse(kept.exp) !== exp;
}
