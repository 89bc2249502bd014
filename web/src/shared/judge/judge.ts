import { verify } from '../code/verify.ts';
import type { Decision, Instant, Mark, Reason } from '../types.ts';
import type { Bundle } from './bundle.ts';
import { type Facts, factsOf, type OfflineScan } from './facts.ts';
import type { Welcomed } from './memory.ts';

// What a door decides without a network: docs/offline.md, "Judging". The server decides the same in models.Judge, and one table of
// decisions holds both to it.

/** The windows in which a code may be shown, in seconds behind the clock and ahead of it. */
const BEHIND = 90;
const AHEAD = 60;
const CLOCK_OFF_AFTER = 30;

/** A decision, and what the scanner is to remember: nothing but of a welcome. */
export interface Judged {
  readonly decision: Decision;
  readonly remember: Welcomed | undefined;
}

/** A refusal with what belongs to its reason. */
type Refused = { readonly reason: Reason } & Partial<Decision>;

/**
 * Decides a scan with the bundle and the scanner's own earlier welcomes alone. A welcome has the mark `offline`: it is to be confirmed, and
 * never shown green.
 */
export async function judgeOffline(bundle: Bundle, scan: OfflineScan, before: readonly Welcomed[]): Promise<Judged> {
  const { scan_id, session, party, at } = scan;
  const asked = { scan_id, party, at: instant(at), welcome: 0 };
  const verified = await verify(scan.code, bundle.keys, bundle.seen);
  if (!verified.ok) {
    const { refusal } = verified;
    // A key or a kind that this bundle does not know: the server may.
    const reason = refusal === 'unknown_issuer' || refusal === 'unknown_kind' ? 'needs_network' : refusal;
    return { decision: { ...asked, decision: 'refused', reason }, remember: undefined };
  }
  const { cti, signedAt, community } = verified.code;
  const facts = factsOf(bundle, scan, verified.code, before);
  const refused = refusalOf(facts);
  const about = { ...asked, ...(community && { group: true }) };
  if (refused) return { decision: { ...about, decision: 'refused', ...refused }, remember: undefined };
  return {
    decision: { ...about, decision: 'admitted', welcome: facts.childrenMost, marks: marksOf(facts) },
    remember: { scan_id, session, at, cti, signed_at: signedAt },
  };
}

/** The first reason that fits wins. */
const refusalOf = (f: Facts): Refused | undefined => codeRefusal(f) ?? passRefusal(f) ?? sessionRefusal(f) ?? partyRefusal(f);

/** Judges the code itself. */
function codeRefusal({ age, spent }: Facts): Refused | undefined {
  if (age !== undefined && age < -AHEAD) return { reason: 'wrong_clock' };
  if ((age !== undefined && age > BEHIND) || spent === 'elsewhere') return { reason: 'stale_code' };
  return undefined;
}

/** Judges the pass that it speaks for. */
function passRefusal(f: Facts): Refused | undefined {
  if (f.revoked) return { reason: 'not_in_use' };
  if (f.expired) return { reason: 'expired' };
  if (f.wrongArea) return { reason: 'wrong_area' };
  if (f.unsure) return { reason: 'needs_network' };
  return undefined;
}

/** Judges the pass at this session. */
function sessionRefusal(f: Facts): Refused | undefined {
  if (!f.open) return { reason: 'not_today', ...(f.opens !== undefined && { opens: instant(f.opens) }) };
  if (f.spent === 'here' || (f.admitted && !f.course)) {
    return { reason: 'already_admitted', ...(f.admittedAt !== undefined && { first_at: instant(f.admittedAt) }) };
  }
  return undefined;
}

/** Judges whether there is room for those who come with it. Somebody on a course's list has theirs. */
function partyRefusal(f: Facts): Refused | undefined {
  if (onCourse(f)) return undefined;
  if (f.limit) return { reason: 'limit_reached', limit: f.limit };
  if (f.seatsPerPass > 0 && f.seatsNeeded > f.seatsPerPass) return { reason: 'limit_reached', limit: { times: f.seatsPerPass } };
  if (tooMany(f)) return { reason: 'too_many_children', welcome: f.childrenMost };
  return undefined;
}

function tooMany({ community, childrenMost, party: { children, group = 0 } }: Facts): boolean {
  return community ? children > 0 || group > childrenMost : group > 0 || children > childrenMost;
}

const onCourse = (f: Facts): boolean => f.course && f.admitted;

/** The marks of a welcome, in their order. */
function marksOf(f: Facts): Mark[] {
  const marks: [boolean, Mark][] = [
    [f.paper, 'check_id'],
    [f.age !== undefined && Math.abs(f.age) > CLOCK_OFF_AFTER, 'clock_off'],
    [true, 'offline'],
    [f.bundleOld, 'bundle_old'],
    [onCourse(f), 'on_course'],
  ];
  return marks.flatMap(([set, mark]) => (set ? [mark] : []));
}

const instant = (at: number): Instant => new Date(at).toISOString();
