// What can be scanned for: as the server told it today, else as the bundle foretold it.

import { type Bundle, type Place as BundlePlace, bundleState } from '../shared/judge/bundle.ts';
import type { Counts, Day, Instant, OfferKind, Text, TodaySession, TodayStanding } from '../shared/types.ts';
import type { Choice, KeptToday, Result } from './kept.ts';
import type { ListState } from './look.ts';

/** A session or a standing offer of today. */
export interface Place {
  readonly id: string;
  readonly kind: OfferKind;
  readonly title: Text;
  readonly where?: string | undefined;
  readonly start?: Instant | undefined;
  readonly open: boolean;
  /** If it is yet to open. */
  readonly opens?: Instant | undefined;
  readonly walkIns: boolean;
  /** As the server counted them; unknown when only the bundle tells. */
  readonly counts?: Counts | undefined;
}

/** The places of a moment (Unix milliseconds), what is open first. `dayOf` is the day in Helsinki. */
export function placesOf(
  kept: KeptToday | undefined,
  bundle: Bundle | undefined,
  at: number,
  dayOf: (at: number) => Day,
): readonly Place[] {
  const told = kept && kept.today.day === dayOf(at) ? kept.today : undefined;
  const places = told
    ? [...told.sessions.map((s) => sessionPlace(s, bundle, at)), ...told.standing.map(standingPlace)]
    : [...(bundle?.places.values() ?? [])].map((p) => bundlePlace(p, at));
  return places
    .filter((p) => p.open || (p.opens !== undefined && dayOf(Date.parse(p.opens)) === dayOf(at)))
    .sort((a, b) => Number(b.open) - Number(a.open) || startOf(a) - startOf(b));
}

/** Standing offers come after what has an hour. */
const startOf = (p: Place): number => (p.start ? Date.parse(p.start) : Number.MAX_SAFE_INTEGER);

/** The answer grows old; the doors of the bundle do not. */
function sessionPlace(s: TodaySession, bundle: Bundle | undefined, at: number): Place {
  const doors = bundle?.places.get(s.id)?.doors;
  const open = doors ? doors.some((d) => d.from <= at && at < d.to) : s.open || (s.opens !== undefined && Date.parse(s.opens) <= at);
  return {
    ...{ id: s.id, kind: s.kind, title: s.title, where: s.place, start: s.start, walkIns: s.walk_ins, counts: s.counts },
    ...{ open, opens: open ? undefined : s.opens },
  };
}

const standingPlace = (s: TodayStanding): Place => ({
  ...{ id: s.id, kind: s.kind, title: s.title, where: s.place, walkIns: true, open: true },
  counts: { admitted: s.admitted, reserved: 0 },
});

function bundlePlace(p: BundlePlace, at: number): Place {
  const open = p.doors.some((d) => d.from <= at && at < d.to);
  const next = p.doors.find((d) => at < d.from)?.from;
  return {
    ...{ id: p.id, kind: p.kind, title: p.title, start: p.start, walkIns: p.walkIns || p.kind === 'standing', open },
    opens: open || next === undefined ? undefined : new Date(next).toISOString(),
  };
}

/** Why a phone with this list welcomes nobody without a network. */
export function uselessness(bundle: Bundle | undefined, at: number): ListState['useless'] {
  if (!bundle || bundleState(bundle, at) === 'unusable') return 'missing';
  return bundle.offline ? undefined : 'not_allowed';
}

/** Whether the programme of a moment is known, so that an empty one is truly empty. */
export const programmeKnown = (kept: KeptToday | undefined, bundle: Bundle | undefined, at: number, dayOf: (at: number) => Day): boolean =>
  kept?.today.day === dayOf(at) || (bundle !== undefined && bundleState(bundle, at) !== 'unusable');

/** What was chosen earlier today, if it is still there; else the only thing that is open. */
export function chosenOf(choice: Choice | undefined, places: readonly Place[], today: Day): Place | undefined {
  const kept = choice?.day === today ? places.find((p) => p.id === choice.session) : undefined;
  const open = places.filter((p) => p.open);
  return kept ?? (open.length === 1 ? open[0] : undefined);
}

/** How many passes have come in: as the server counted, and those of this phone that it had not counted yet. */
export function admittedOf(
  place: Place,
  results: readonly Result[],
  countedAt: number | undefined,
  today: Day,
  dayOf: (at: number) => Day,
): number {
  const own = results.filter((r) => r.session === place.id && r.decision.decision === 'admitted' && !r.undone && dayOf(r.at) === today);
  if (!place.counts || countedAt === undefined) return own.length;
  return place.counts.admitted + own.filter((r) => !r.sent || r.at > countedAt).length;
}
