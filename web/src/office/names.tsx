// How things of the data are called: kinds, limits, times, numbers of seats.

import { clock } from '../shared/clock.ts';
import { divisible } from '../shared/soft.ts';
import type { Limit, Meeting, Session, Text } from '../shared/types.ts';
import { dayAt, number, textOf, timeAt, weekdayAndTime } from '../shared/words.ts';
import { localDay } from './helsinki.ts';
import { hoursAndMinutes, type Setting } from './rules.ts';
import { count, t } from './words.ts';

/** A text of a venue, marked with its language where that is another than the reader's. */
export function Named({ text }: { text: Text | undefined }) {
  const found = textOf(text);
  return <span lang={found.lang}>{divisible(found.text)}</span>;
}

/** Minutes in words: 2 hours 30 minutes. */
export function durationWords(all: number): string {
  const { hours, minutes } = hoursAndMinutes(all);
  if (hours === 0) return count('minutes', minutes);
  return minutes === 0 ? count('hours', hours) : `${count('hours', hours)} ${count('minutes', minutes)}`;
}

/** A setting's value with its unit. */
export function valueWords(setting: Setting, n: number): string {
  switch (setting.unit) {
    case 'minutes':
      return durationWords(n);
    case 'years':
      return count('years', n);
    case 'months':
      return count('months', n);
    case 'days':
      return count('days', n);
    case 'plain':
      return number(n);
  }
}

export const yesOrNo = (is: boolean): string => t(is ? 'yes' : 'no').toLowerCase();

export const limitWords = (limit: Limit): string => `${count('times', limit.times)} ${t(`per_${limit.per}`)}`;

/** When a session is: its day and from when to when, and for a course how many times. */
export function whenWords(s: Pick<Session, 'start' | 'end'> & { meetings?: Meeting[] }): string {
  const meetings = s.meetings ?? [];
  const otherYear = localDay(s.start).slice(0, 4) !== localDay(clock.now()).slice(0, 4);
  const [first, last] = [meetings[0], meetings.at(-1)];
  if (first && last && meetings.length > 1) {
    return `${weekdayAndTime(first.from, otherYear)}–${timeAt(first.to)} · ${count('meetings', meetings.length)}, ${t('until_day', { day: dayAt(last.from) })}`;
  }
  return `${weekdayAndTime(s.start, otherYear)}–${timeAt(s.end)}`;
}

/** How full a session is: three numbers that are read at a glance. */
export function Fullness({ session }: { session: Session }) {
  const counts = session.counts;
  if (!counts) return null;
  return (
    <dl class="office-counts">
      <div>
        <dt>{t('booked')}</dt>
        <dd>{number(counts.reserved)}</dd>
      </div>
      <div>
        <dt>{t('arrived')}</dt>
        <dd>{number(counts.admitted)}</dd>
      </div>
      <div>
        <dt>{t('free')}</dt>
        <dd>{counts.free === undefined ? t('no_limit_short') : number(counts.free)}</dd>
      </div>
    </dl>
  );
}
