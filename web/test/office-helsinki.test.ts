import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copied, datesAsked, moved, readDate, readDates, weekly, weeksAhead } from '../src/office/dates.ts';
import { addDays, addMonths, daysBetween, instant, localDay, localTime, parseLocal } from '../src/office/helsinki.ts';
import type { Session } from '../src/shared/types.ts';

const at = (text: string): number => Date.parse(text);

test('a time in winter is two hours ahead of UTC, in summer three', () => {
  assert.deepEqual(parseLocal('2026-01-15', '18:00'), { kind: 'once', at: at('2026-01-15T16:00:00Z') });
  assert.deepEqual(parseLocal('2026-07-15', '18:00'), { kind: 'once', at: at('2026-07-15T15:00:00Z') });
  assert.deepEqual(parseLocal('2026-07-15', '00:00'), { kind: 'once', at: at('2026-07-14T21:00:00Z') });
});

test('when the clock is put forward, 03:30 never is', () => {
  assert.deepEqual(parseLocal('2026-03-29', '03:30'), { kind: 'never', next: at('2026-03-29T01:00:00Z') });
  assert.deepEqual(parseLocal('2026-03-29', '03:00'), { kind: 'never', next: at('2026-03-29T01:00:00Z') });
  assert.deepEqual(parseLocal('2026-03-29', '02:59'), { kind: 'once', at: at('2026-03-29T00:59:00Z') });
  assert.deepEqual(parseLocal('2026-03-29', '04:00'), { kind: 'once', at: at('2026-03-29T01:00:00Z') });
});

test('when the clock is put back, 03:30 comes twice', () => {
  const twice = { kind: 'twice', at: at('2026-10-25T00:30:00Z'), again: at('2026-10-25T01:30:00Z') };
  assert.deepEqual(parseLocal('2026-10-25', '03:30'), twice);
  assert.deepEqual(parseLocal('2026-10-25', '02:59'), { kind: 'once', at: at('2026-10-24T23:59:00Z') });
  assert.deepEqual(parseLocal('2026-10-25', '04:00'), { kind: 'once', at: at('2026-10-25T02:00:00Z') });
});

test('instants all over a year come back as they were typed', () => {
  for (let t = at('2026-01-01T00:07:00Z'); t < at('2027-01-01T00:00:00Z'); t += 5 * 3_600_000) {
    const read = parseLocal(localDay(t), localTime(t));
    assert.ok(read && read.kind !== 'never');
    assert.ok(read.at === t || (read.kind === 'twice' && read.again === t), instant(t));
  }
});

test('what is no day or no time is nothing', () => {
  for (const [day, time] of [
    ['', '18:00'],
    ['2026-02-31', '18:00'],
    ['2026-13-01', '18:00'],
    ['2026-01-01', ''],
    ['2026-01-01', '25:00'],
    ['1.1.2026', '18:00'],
  ]) {
    assert.equal(parseLocal(day ?? '', time ?? ''), undefined, `${day} ${time}`);
  }
});

test('days and months go on over their ends', () => {
  assert.equal(addDays('2026-03-28', 1), '2026-03-29');
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
  assert.equal(addMonths('2028-02-29', 12), '2029-02-28');
  assert.equal(addMonths('2026-11-15', 12), '2027-11-15');
  assert.equal(daysBetween('2026-10-24', '2026-10-26'), 2);
});

test('an instant has no fraction of a second', () => {
  assert.equal(instant(at('2026-01-15T16:00:00Z')), '2026-01-15T16:00:00Z');
});

const now = at('2026-01-01T00:00:00Z');

test('a date ends on the same day, or past midnight on the next', () => {
  assert.deepEqual(readDate({ day: '2026-06-12', from: '18:00', to: '20:00' }, now), {
    ok: true,
    from: at('2026-06-12T15:00:00Z'),
    to: at('2026-06-12T17:00:00Z'),
  });
  assert.deepEqual(readDate({ day: '2026-06-12', from: '22:00', to: '01:00' }, now), {
    ok: true,
    from: at('2026-06-12T19:00:00Z'),
    to: at('2026-06-12T22:00:00Z'),
  });
});

test('a night over a change of the clock is as long as it really is', () => {
  const spring = readDate({ day: '2026-03-28', from: '23:00', to: '04:00' }, now);
  const autumn = readDate({ day: '2026-10-24', from: '23:00', to: '04:00' }, now);
  assert.ok(spring.ok && autumn.ok);
  assert.equal((spring.to - spring.from) / 3_600_000, 4);
  assert.equal((autumn.to - autumn.from) / 3_600_000, 6);
});

test('within the hour that comes twice the end is after the start', () => {
  const read = readDate({ day: '2026-10-25', from: '03:30', to: '03:15' }, now);
  assert.deepEqual(read, { ok: true, from: at('2026-10-25T00:30:00Z'), to: at('2026-10-25T01:15:00Z') });
});

test('what is missing, never is or is over is said where it stands', () => {
  const wrong = (day: string, from: string, to: string) => {
    const read = readDate({ day, from, to }, at('2026-02-01T00:00:00Z'));
    return read.ok ? 'right' : `${read.wrong.field} ${read.wrong.why}`;
  };
  assert.equal(wrong('', '18:00', '20:00'), 'day missing');
  assert.equal(wrong('2026-06-12', '', '20:00'), 'from missing');
  assert.equal(wrong('2026-06-12', '18:00', ''), 'to missing');
  assert.equal(wrong('2026-03-29', '03:30', '05:00'), 'from never');
  assert.equal(wrong('2026-03-29', '01:00', '03:30'), 'to never');
  assert.equal(wrong('2026-01-12', '18:00', '20:00'), 'day over');
});

test('dates of a course follow one another, and may have begun', () => {
  const typed = weekly({ day: '2026-01-12', from: '17:00', to: '19:00' }, 8);
  assert.equal(typed[7]?.day, '2026-03-02');
  assert.ok(readDates(typed, at('2026-02-01T00:00:00Z')).ok);
  assert.deepEqual(readDates(typed, at('2026-04-01T00:00:00Z')), { ok: false, row: 7, wrong: { field: 'day', why: 'over' } });
  assert.deepEqual(readDates([...typed].reverse(), now), { ok: false, row: 1, wrong: { field: 'day', why: 'order' } });
});

test('a course is told by its meetings, an event by its start and end', () => {
  const all = [{ from: at('2026-01-15T16:00:00Z'), to: at('2026-01-15T18:00:00Z') }];
  assert.deepEqual(datesAsked(all, true), { meetings: [{ from: '2026-01-15T16:00:00Z', to: '2026-01-15T18:00:00Z' }] });
  assert.deepEqual(datesAsked(all, false), { start: '2026-01-15T16:00:00Z', end: '2026-01-15T18:00:00Z' });
});

const session = { start: '2026-03-26T16:00:00Z', end: '2026-03-26T18:00:00Z' } as Session;

test('a copy is at the same time of day, also over a change of the clock', () => {
  assert.deepEqual(copied(session, 7), [{ day: '2026-04-02', from: '18:00', to: '20:00' }]);
  assert.deepEqual(moved(copied(session, 7), '2026-04-09'), [{ day: '2026-04-09', from: '18:00', to: '20:00' }]);
});

test('a copy is proposed for the next week that is still to come', () => {
  assert.equal(weeksAhead(session, at('2026-03-01T12:00:00Z')), 7);
  assert.equal(weeksAhead(session, at('2026-03-27T12:00:00Z')), 7);
  assert.equal(weeksAhead(session, at('2026-04-02T12:00:00Z')), 14);
  assert.equal(weeksAhead(session, at('2026-04-10T12:00:00Z')), 21);
});
