// Days and times as people in Finland write them, and the instants that they are. Pure, by Intl alone. Twice a year an hour is missing or
// comes twice; both are told apart here, so that no door opens an hour off.

import type { Day, Instant } from '../shared/types.ts';

const ZONE = 'Europe/Helsinki';
const DAY = 86_400_000;

/** What the clocks of Helsinki show at an instant, as milliseconds that read so in UTC. */
function wall(at: number): number {
  const p = Object.fromEntries(FIELDS.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  return Date.UTC(p.year ?? 0, (p.month ?? 1) - 1, p.day ?? 1, p.hour ?? 0, p.minute ?? 0, p.second ?? 0);
}

const FIELDS = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** A day and a time of day happen once, but for an hour a year that comes twice and one that never does: then `next` is when it is over. */
type Local = { kind: 'once'; at: number } | { kind: 'twice'; at: number; again: number } | { kind: 'never'; next: number };

/** Finds the instant of a day (YYYY-MM-DD) and a time of day (HH:MM) in Helsinki; undefined if they are none. */
export function parseLocal(day: Day, time: string): Local | undefined {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d$/.test(time) || Number.isNaN(wanted)) return undefined;
  if (new Date(wanted).toISOString().slice(0, 10) !== day) return undefined; // 31 February is not 3 March
  // The clock is changed at most once within two days: one of the offsets around is the right one.
  const before = wanted - offsetAt(wanted - DAY);
  const after = wanted - offsetAt(wanted + DAY);
  const found = [before, after].filter((at) => wall(at) === wanted);
  const [first, second] = [Math.min(...found), Math.max(...found)];
  if (found.length === 0) return { kind: 'never', next: jumpBetween(Math.min(before, after), Math.max(before, after)) };
  return first === second ? { kind: 'once', at: first } : { kind: 'twice', at: first, again: second };
}

/** How far the clocks of Helsinki are ahead of UTC. */
const offsetAt = (at: number): number => wall(at) - at;

/** The instant at which the clock is put forward. */
function jumpBetween(from: number, to: number): number {
  const offset = offsetAt(from);
  let [low, high] = [from, to];
  while (high - low > 60_000) {
    const middle = low + Math.floor((high - low) / 120_000) * 60_000;
    if (offsetAt(middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

/** The day of an instant. */
export const localDay = (at: number | Instant): Day => new Date(wall(moment(at))).toISOString().slice(0, 10);
/** The time of day of an instant, as HH:MM. */
export const localTime = (at: number | Instant): string => new Date(wall(moment(at))).toISOString().slice(11, 16);

const moment = (at: number | Instant): number => (typeof at === 'number' ? at : Date.parse(at));

/** The day so many days later; days have no hours, so clock changes do not matter. */
export const addDays = (day: Day, days: number): Day => new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** The same day of the month so many months later, or the month's last. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/** How many days after `a` the day `b` is. */
export const daysBetween = (a: Day, b: Day): number => Math.round((Date.parse(`${b}T12:00:00Z`) - Date.parse(`${a}T12:00:00Z`)) / DAY);

/** An instant as the server reads it. */
export const instant = (at: number): Instant => new Date(at).toISOString().replace('.000Z', 'Z');
