import { decodeBase64url } from '../code/base64url.ts';
import type { Code } from '../code/verify.ts';
import type { Decision, Party } from '../types.ts';
import { type Bundle, bundleState, type Place } from './bundle.ts';
import type { Welcomed } from './memory.ts';

/** A code shown while there is no network. */
export interface OfflineScan {
  readonly scan_id: string; // made by the scanner, at random
  readonly session: string; // or a standing offer
  readonly code: string;
  readonly party: Party;
  readonly at: number; // Unix milliseconds by the corrected clock
}

/**
 * All that an offline decision is made of. What only the server can know, such as seats and reservations that the bundle has not heard of,
 * is not here: it speaks for the holder.
 */
export interface Facts {
  readonly age: number | undefined; // of the code, in seconds; paper has none
  readonly spent: 'here' | 'elsewhere' | undefined; // this very code admitted somebody to this session, or to another
  readonly paper: boolean;
  readonly community: boolean;

  readonly revoked: boolean;
  readonly expired: boolean;
  readonly wrongArea: boolean;
  readonly unsure: boolean; // the server must be asked

  readonly open: boolean;
  readonly opens: number | undefined; // Unix milliseconds, if the door is yet to open

  readonly admitted: boolean; // this pass was admitted here; for a limit of one use: it is used
  readonly admittedAt: number | undefined; // or this very code was, and when (Unix milliseconds)
  readonly course: boolean;
  readonly limit: Decision['limit']; // set when it is reached

  readonly party: Party;
  readonly childrenMost: number; // on the pass, or the network's n for a group
  readonly seatsPerPass: number; // 0: no limit
  readonly seatsNeeded: number;
  readonly bundleOld: boolean;
}

/** Gathers what a right code, the bundle and the scanner's own welcomes say. */
export function factsOf(bundle: Bundle, scan: OfflineScan, code: Code, before: readonly Welcomed[]): Facts {
  const now = Math.floor(scan.at / 1000);
  const past = now >= code.exp;
  const cti = decodeBase64url(code.cti);
  const state = bundleState(bundle, scan.at);
  const place = bundle.places.get(scan.session);
  const course = place?.kind === 'course';
  return {
    age: code.paper ? undefined : now - code.signedAt,
    paper: code.paper,
    community: code.community,
    revoked: !cti || bundle.revoked.has(cti),
    expired: code.paper && past,
    wrongArea: !bundle.accepts.has(code.kid),
    // An aged credential says nothing against its pass: the server knows.
    unsure: (!code.paper && past) || state === 'unusable' || !bundle.offline,
    ...doorOf(place, scan.at),
    ...uses(place, scan, code, before),
    course,
    party: scan.party,
    childrenMost: course ? 0 : code.community ? bundle.groupMax : code.children,
    seatsPerPass: place?.seatsPerPass ?? 0,
    seatsNeeded: 1 + (scan.party.group ?? 0) + (place?.childrenCounted ? scan.party.children : 0),
    bundleOld: state !== 'fresh',
  };
}

/** A place that the bundle does not have, such as a cancelled session, has no door. */
function doorOf(place: Place | undefined, at: number): Pick<Facts, 'open' | 'opens'> {
  const doors = place?.doors ?? [];
  const open = doors.some(({ from, to }) => from <= at && at < to);
  return { open, opens: open ? undefined : doors.find(({ from }) => at < from)?.from };
}

/** What this pass had here before, and whether this very code admitted somebody. */
function uses(
  place: Place | undefined,
  scan: OfflineScan,
  code: Code,
  before: readonly Welcomed[],
): Pick<Facts, 'spent' | 'admitted' | 'admittedAt' | 'limit'> {
  const mine = before.filter((w) => w.cti === code.cti);
  const here = mine.filter((w) => w.session === scan.session);
  // A code admits once. It is told by cti and signed_at, never by its bytes: every ECDSA signature has a twin that verifies too. Paper is
  // the same picture for ever, so this is not asked of it.
  const spent = (w: Welcomed) => !code.paper && w.signed_at === code.signedAt;
  // A standing offer counts the day; a session counts for ever.
  const standing = place?.kind === 'standing';
  const counted = here.filter((w) => !standing || dayOf(w.at) === dayOf(scan.at));
  const once = !standing || place.times === 1;
  return {
    spent: here.some(spent) ? 'here' : mine.some(spent) ? 'elsewhere' : undefined,
    admitted: once && counted.length > 0,
    admittedAt: (counted[counted.length - 1] ?? here.find(spent))?.at,
    limit: !once && counted.length >= place.times ? { times: place.times } : undefined,
  };
}

const DAY = /* @__PURE__ */ new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Helsinki' });

/** The venue's day, only to be compared with another. */
const dayOf = (at: number): string => DAY.format(at);
