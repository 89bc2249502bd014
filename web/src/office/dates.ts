// The dates of a session as they are typed: a day, a start and an end. Pure.

import type { Day, Meeting, NewSession, Session } from '../shared/types.ts';
import { addDays, daysBetween, instant, localDay, localTime, parseLocal } from './helsinki.ts';

/** One date as it is typed. An end that is not after the start is past midnight, on the next day. */
export interface Typed {
  day: Day;
  from: string;
  to: string;
}

/** What is wrong with a typed date: it is missing, there is no such time on that day, it is over, or it begins before the one before. */
export type WrongDate = { field: keyof Typed; why: 'missing' | 'never' | 'over' | 'order' };

type DateRead = { ok: true; from: number; to: number } | { ok: false; wrong: WrongDate };

const refuse = (field: keyof Typed, why: WrongDate['why']): DateRead => ({ ok: false, wrong: { field, why } });

/** Reads one date. Of an hour that comes twice the start is the first, and the end the first after the start. */
export function readDate(typed: Typed, now: number): DateRead {
  const start = parseLocal(typed.day, typed.from);
  if (!typed.day) return refuse('day', 'missing');
  if (!start) return refuse(typed.from ? 'day' : 'from', 'missing');
  if (start.kind === 'never') return refuse('from', 'never');
  const end = endAfter(start.at, typed);
  if (typeof end !== 'number') return end;
  return end <= now ? refuse('day', 'over') : { ok: true, from: start.at, to: end };
}

function endAfter(start: number, typed: Typed): number | DateRead {
  for (const day of [typed.day, addDays(typed.day, 1)]) {
    const end = parseLocal(day, typed.to);
    if (!end) return refuse('to', 'missing');
    if (end.kind === 'never') {
      if (end.next > start) return refuse('to', 'never');
      continue;
    }
    if (end.at > start) return end.at;
    if (end.kind === 'twice' && end.again > start) return end.again;
  }
  return refuse('to', 'missing');
}

type DatesRead = { ok: true; all: { from: number; to: number }[] } | { ok: false; row: number; wrong: WrongDate };

/** Reads all dates of a course, which follow one another. */
export function readDates(typed: readonly Typed[], now: number): DatesRead {
  const all: { from: number; to: number }[] = [];
  for (const [row, one] of typed.entries()) {
    const read = readDate(one, row === typed.length - 1 ? now : 0); // a course that has begun can be added until its last date
    if (!read.ok) return { ok: false, row, wrong: read.wrong };
    if (read.from < (all.at(-1)?.to ?? 0)) return { ok: false, row, wrong: { field: 'day', why: 'order' } };
    all.push(read);
  }
  return { ok: true, all };
}

/** What the server is told of the dates. */
export function datesAsked(all: readonly { from: number; to: number }[], course: boolean): Pick<NewSession, 'start' | 'end' | 'meetings'> {
  const spans: Meeting[] = all.map((d) => ({ from: instant(d.from), to: instant(d.to) }));
  const [first] = spans;
  if (course) return { meetings: spans };
  return first ? { start: first.from, end: first.to } : {};
}

/** The dates of a session that there is, so many days later, at the same times of day. */
export function copied(session: Session, days: number): Typed[] {
  const spans = session.meetings?.length ? session.meetings : [{ from: session.start, to: session.end }];
  return spans.map((s) => ({ day: addDays(localDay(s.from), days), from: localTime(s.from), to: localTime(s.to) }));
}

/** Moves all dates by as much as the first was moved. */
export function moved(typed: readonly Typed[], first: Day): Typed[] {
  const by = typed[0] ? daysBetween(typed[0].day, first) : 0;
  return typed.map((d) => ({ ...d, day: addDays(d.day, by) }));
}

/** A date every week, so many times. */
export const weekly = (first: Typed, times: number): Typed[] =>
  Array.from({ length: times }, (_, i) => ({ ...first, day: addDays(first.day, 7 * i) }));

/** The days to the next week in which the session has not been yet. */
export function weeksAhead(session: Session, now: number): number {
  const behind = daysBetween(localDay(session.start), localDay(now));
  return behind < 7 ? 7 : Math.ceil((behind + 1) / 7) * 7;
}
