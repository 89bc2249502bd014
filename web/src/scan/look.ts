// From a decision to what a steward sees and hears: a colour with its shape, one or two words, the reason, the next step, and a sound. The
// words speak of the code, never of the person.

import type { Day, Decision, Instant, Mark, Reason, Text } from '../shared/types.ts';
import type { Key } from './words.ts';

/** Four looks, told apart by colour, shape, word and sound. */
export type Face = 'ok' | 'amber' | 'stop' | 'other';

/** Words, and what is filled in. */
export interface Said {
  readonly key: Key;
  readonly n?: number;
  readonly day?: Day;
  readonly at?: Instant;
  readonly title?: Text;
}

export interface Look {
  readonly face: Face;
  readonly word: Said;
  readonly lines: readonly Said[];
}

/** The list that this phone decided by. */
export interface ListState {
  /** How many days old it is; undefined where there is none. */
  readonly days: number | undefined;
  /** Why it can welcome nobody: it is missing or too old, or the network wants every scan decided by the server. */
  readonly useless: 'missing' | 'not_allowed' | undefined;
}

/** What the decision itself does not say. */
export interface Around {
  readonly list: ListState;
  /** The session for which there is a reservation. */
  readonly other?: { readonly title: Text; readonly start: Instant | undefined } | undefined;
  readonly standing: boolean;
  /** The venue's day. */
  readonly today: Day;
  dayOf(at: Instant): Day;
}

const REFUSED: Readonly<Record<Reason, Face>> = {
  not_a_pass: 'other',
  needs_network: 'other',
  too_many_children: 'amber',
  bad_signature: 'stop',
  wrong_clock: 'stop',
  stale_code: 'stop',
  not_in_use: 'stop',
  expired: 'stop',
  wrong_area: 'stop',
  not_today: 'stop',
  already_admitted: 'stop',
  other_session: 'stop',
  limit_reached: 'stop',
  reservation_needed: 'stop',
  no_seats: 'stop',
};

/** How a decision looks. A welcome without the server is never green. */
export function faceOf(d: Decision): Face {
  if (d.decision === 'refused') return REFUSED[d.reason ?? 'bad_signature'];
  return d.decision === 'undone' ? 'other' : d.marks?.includes('offline') ? 'amber' : 'ok';
}

export function lookOf(d: Decision, around: Around): Look {
  const face = faceOf(d);
  if (d.decision === 'undone') return { face, word: { key: 'word_undone' }, lines: [{ key: 'line_undone' }] };
  if (d.decision === 'refused') return { face, ...refusal(d, d.reason ?? 'bad_signature', around) };
  return { face, word: { key: 'word_welcome' }, lines: (d.marks ?? []).flatMap((mark) => markLine(mark, d, around) ?? []) };
}

/** What is to be known about a welcome. */
function markLine(mark: Mark, d: Decision, { list }: Around): Said | undefined {
  switch (mark) {
    case 'offline':
      return { key: 'line_offline' };
    case 'bundle_old':
      return counted('line_list_old', Math.max(1, list.days ?? 1));
    case 'check_id':
      return { key: 'line_check_id' };
    case 'in_grace':
      return d.last_day ? { key: 'line_in_grace', day: d.last_day } : undefined;
    case 'on_course':
      return { key: 'line_on_course' };
    case 'clock_off':
      return { key: 'line_clock_off' };
    case 'over_seats':
      return { key: 'line_over_seats' };
  }
}

/** Words that have a form of their own for one. */
export const counted = (stem: 'line_list_old' | 'line_seats_limit', n: number): Said => ({
  key: `${stem}_${n === 1 ? 'one' : 'other'}`,
  n,
});

type Words = Omit<Look, 'face'>;

const words = (word: Key, ...lines: readonly Said[]): Words => ({ word: { key: word }, lines });

function refusal(d: Decision, reason: Reason, around: Around): Words {
  switch (reason) {
    case 'not_a_pass':
      return words('word_other_code', { key: 'line_other_code' });
    case 'bad_signature':
      return words('word_not_recognised', { key: 'line_not_recognised' });
    case 'wrong_clock':
      return words('word_wrong_clock', { key: 'line_wrong_clock' });
    case 'stale_code':
      return words('word_old_code', { key: 'line_old_code' });
    case 'not_in_use':
      return words('word_not_in_use', { key: 'line_not_in_use' });
    case 'expired':
      return words('word_expired', d.last_day ? { key: 'line_expired', day: d.last_day } : { key: 'line_expired_some_day' });
    case 'wrong_area':
      return words('word_other_area', { key: 'line_other_area' });
    case 'needs_network':
      return words('word_needs_network', { key: NEEDS_NETWORK[around.list.useless ?? 'card'] });
    case 'not_today':
      return d.opens ? words('word_not_now', { key: 'line_opens', at: d.opens }) : words('word_over', { key: 'line_over' });
    case 'already_admitted':
      return words('word_already', already(d, around));
    case 'other_session':
      return words('word_other_event', otherEvent(around));
    case 'limit_reached':
      return words('word_limit', ...limit(d, around));
    case 'too_many_children':
      return tooMany(d);
    case 'reservation_needed':
      return words('word_no_booking', { key: 'line_no_booking' });
    case 'no_seats':
      return words('word_no_places', { key: 'line_no_places' });
  }
}

/** Who has to go online: this phone, whenever its list welcomes nobody; else the card's. */
const NEEDS_NETWORK = { missing: 'line_list_needed', not_allowed: 'line_always_network', card: 'line_needs_network' } as const;

function already({ first_at }: Decision, { today, dayOf }: Around): Said {
  if (!first_at) return { key: 'line_already' };
  return { key: dayOf(first_at) === today ? 'line_already_at' : 'line_already_day', at: first_at };
}

function otherEvent({ other }: Around): Said {
  if (!other) return { key: 'line_other_event' };
  return other.start ? { key: 'line_booked', title: other.title, at: other.start } : { key: 'line_booked_title', title: other.title };
}

/** Two limits have one reason: how often in a period, and how many seats at once. */
function limit({ limit: state }: Decision, { standing }: Around): readonly Said[] {
  if (!state) return [];
  if (!standing) return [counted('line_seats_limit', state.times)];
  const often: Said = { key: state.times === 1 ? 'line_limit_once' : 'line_limit', n: state.times };
  return state.next ? [often, { key: 'line_limit_next', day: state.next }] : [often];
}

function tooMany({ welcome, group }: Decision): Words {
  if (group) return { word: { key: 'word_group', n: welcome }, lines: [{ key: 'line_group_most', n: welcome }] };
  return {
    word: { key: 'word_children', n: welcome },
    lines: [{ key: welcome === 0 ? 'line_no_children' : welcome === 1 ? 'line_one_child' : 'line_children_most', n: welcome }],
  };
}

/** One of three sounds; grey has the low one too, for nobody is welcomed. */
export type Sound = 'welcome' | 'look' | 'stop';
const SOUNDS: Readonly<Record<Face, Sound>> = { ok: 'welcome', amber: 'look', stop: 'stop', other: 'stop' };
export const soundOf = (face: Face): Sound => SOUNDS[face];

/**
 * How long a result stays at a door, in milliseconds: a welcome goes by itself, and stays longer where children can be counted. Everything
 * else waits for a tap, or for the next code.
 */
export function holdOf(d: Decision): number | undefined {
  if (d.reason === 'not_a_pass') return 2500;
  if (d.decision !== 'admitted') return undefined;
  if (d.welcome > 0) return 6000;
  return faceOf(d) === 'ok' ? 1200 : 2500;
}
