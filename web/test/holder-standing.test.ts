import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Active } from '../src/holder/kept.ts';
import { clockMatters, heard, lastDay, passOf, plusDays, type Standing, standing, wantsCredential } from '../src/holder/standing.ts';
import type { Credential, PassOfHolder, Stored } from '../src/shared/types.ts';

const pass: PassOfHolder = {
  id: 'p',
  number: '5678901231',
  network: 'kainuu',
  community: false,
  children: 2,
  child_age: 18,
  language: 'fi',
  state: 'active',
  first: '2026-11-23',
  last: '2027-11-22',
  grace_days: 30,
  recovery_code: true,
};

const credential = (issued: string, exp: string, more: Partial<Credential> = {}): Credential => ({
  credential: 'AA',
  kind: 1,
  children: 2,
  issued,
  exp,
  renew_after: new Date(Date.parse(issued) + 3.5 * 86400_000).toISOString(),
  first: pass.first,
  last: pass.last,
  grace_days: 30,
  now: issued,
  ...more,
});

const key = {} as CryptoKeyPair;
const carried = (more: Partial<Active> = {}): Active => ({
  id: 'c',
  device: key,
  pass,
  usableUntil: '2027-12-22T22:00:00Z',
  codes: { key, credential: credential('2026-11-23T10:00:00Z', '2026-12-07T10:00:00Z') },
  ...more,
});
const at = (instant: string): number => Date.parse(instant);
const usable = (c: Active, instant: string): Extract<Standing, { is: 'usable' }> => {
  const s = standing(c, at(instant));
  assert.equal(s.is, 'usable');
  return s as Extract<Standing, { is: 'usable' }>;
};

test('a fresh pass works without a network until the last whole day of its credential', () => {
  const s = usable(carried(), '2026-11-23T11:00:00Z');
  assert.equal(s.works, '2026-12-06');
  assert.equal(s.last, '2027-11-22');
  assert.deepEqual([s.aged, s.syncBy, s.grace, s.endsSoon, s.canAsk], [false, undefined, undefined, false, false]);
});

test('four days before the credential ends the holder is told to go online', () => {
  assert.equal(usable(carried(), '2026-12-03T09:59:59Z').syncBy, undefined);
  assert.equal(usable(carried(), '2026-12-03T10:00:00Z').syncBy, '2026-12-06');
  assert.equal(usable(carried(), '2026-12-07T09:59:59Z').aged, false);
});

test('on day 15 the code is still shown, for a door with a network takes it', () => {
  const s = usable(carried(), '2026-12-08T10:00:00Z');
  assert.equal(s.aged, true);
  assert.equal(s.syncBy, undefined);
});

test('nobody is told to go online for a credential that ends with the pass', () => {
  const c = carried({ codes: { key, credential: credential('2027-12-15T10:00:00Z', '2027-12-22T22:00:00Z') } });
  const s = usable(c, '2027-12-20T10:00:00Z');
  assert.equal(s.syncBy, undefined);
  assert.equal(s.works, '2027-12-22', 'an end at midnight covers the day before whole');
});

test('in grace the pass goes on, and says until when', () => {
  const c = carried({ codes: { key, credential: credential('2027-11-20T10:00:00Z', '2027-12-04T10:00:00Z') } });
  assert.equal(usable(c, '2027-11-22T21:59:59Z').grace, undefined, 'its last day, a second before midnight in Helsinki');
  const s = usable(c, '2027-11-22T22:00:00Z');
  assert.equal(s.grace, '2027-12-22');
  assert.equal(s.canAsk, true);
  assert.equal(s.endsSoon, false);
});

test('after grace it has ended, also without a network', () => {
  assert.deepEqual(standing(carried(), at('2027-12-22T22:00:00Z')), { is: 'expired', last: '2027-11-22' });
  const { usableUntil: _, ...silent } = carried();
  assert.deepEqual(
    standing(silent, at('2027-12-22T22:00:00Z')),
    { is: 'expired', last: '2027-11-22' },
    'and if the server never said until when',
  );
  assert.equal(standing(silent, at('2027-12-22T21:59:59Z')).is, 'usable');
});

test('a pilot that ends takes its passes with it', () => {
  const c = carried({ usableUntil: '2027-05-31T21:00:00Z' });
  assert.equal(lastDay(c), '2027-05-31');
  assert.equal(usable(c, '2027-05-10T10:00:00Z').endsSoon, true);
  assert.deepEqual(standing(c, at('2027-05-31T21:00:00Z')), { is: 'expired', last: '2027-05-31' });
});

test('renewal is offered from sixty days before the last day', () => {
  assert.equal(usable(carried(), '2027-09-22T10:00:00Z').canAsk, false);
  assert.equal(usable(carried(), '2027-09-23T10:00:00Z').canAsk, true);
});

test('what the server said last comes before what the phone can see', () => {
  const now = at('2026-11-24T10:00:00Z');
  assert.deepEqual(standing(carried({ stopped: 'not_this_phone' }), now), { is: 'elsewhere' });
  assert.deepEqual(standing(carried({ stopped: 'pass_suspended' }), now), { is: 'paused' });
  assert.deepEqual(standing(carried({ stopped: 'pass_ended' }), now), { is: 'ended' });
  assert.equal(standing(carried({ stopped: 'pass_expired' }), now).is, 'expired');
  const { codes: _, ...none } = carried();
  assert.deepEqual(standing(none, now), { is: 'unready' });
});

test('a credential is renewed when it is half a week old, and when it says what is not so any more', () => {
  const now = at('2026-11-24T10:00:00Z');
  assert.equal(wantsCredential(carried(), now), false);
  assert.equal(wantsCredential(carried(), at('2026-11-26T22:00:00Z')), true, 'half a week');
  assert.equal(wantsCredential(carried({ pass: { ...pass, children: 3 } }), now), true, 'another child');
  assert.equal(wantsCredential(carried({ pass: { ...pass, community: true } }), now), true, 'a group');
  assert.equal(wantsCredential(carried({ nextKey: key }), now), true, 'an answer that was lost');
  const short = carried({ codes: { key, credential: credential('2027-12-15T10:00:00Z', '2027-12-22T22:00:00Z') } });
  assert.equal(wantsCredential(short, at('2027-12-16T10:00:00Z')), false, 'ends with the pass');
  assert.equal(
    wantsCredential({ ...short, usableUntil: '2028-12-22T22:00:00Z' }, at('2027-12-16T10:00:00Z')),
    true,
    'the pass was renewed',
  );
  assert.equal(wantsCredential(carried({ stopped: 'pass_suspended' }), at('2026-12-24T10:00:00Z')), false, 'it would not be given');
});

const stored: Stored = {
  ...pass,
  birth_year: 1987,
  postal_code: '87100',
  municipality: '205',
  terms_version: '1',
  terms_day: '2026-11-23',
  issued_at: '2026-11-23T09:00:00Z',
  usable_until: '2027-12-22T22:00:00Z',
  states: [{ state: 'issued', from: '2026-11-23T09:00:00Z' }],
  phones: [],
  papers: [],
  push_address: false,
  credentials: 1,
  notices: 0,
  reservations: 0,
  visits: 0,
  now: '2026-11-24T10:00:00Z',
};

test('what the server says replaces what it said before', () => {
  const now = at('2026-11-24T10:00:00Z');
  assert.equal(heard(carried({ stopped: 'pass_suspended' }), stored, now).stopped, undefined, 'the worker resumed it');
  assert.equal(heard(carried(), { ...stored, state: 'suspended' }, now).stopped, 'pass_suspended');
  assert.equal(heard(carried(), { ...stored, state: 'revoked' }, now).stopped, 'pass_ended');
  assert.equal(heard(carried(), stored, at('2027-12-22T22:00:00Z')).stopped, 'pass_expired');
  assert.equal(heard(carried({ name: 'Aino' }), stored, now).name, 'Aino', 'the name is the phone’s own');
});

test('birth year and postal code do not stay on the phone', () => {
  const kept = JSON.stringify(heard(carried(), stored, 0));
  assert.doesNotMatch(kept, /1987|87100|205/);
  assert.deepEqual(passOf(stored), pass);
});

test('days are counted over the changes of the clock', () => {
  assert.equal(plusDays('2027-10-30', 2), '2027-11-01');
  assert.equal(plusDays('2028-02-28', 1), '2028-02-29');
  const { usableUntil: _, ...summer } = carried({ pass: { ...pass, last: '2027-06-15', grace_days: 0 } });
  assert.equal(standing(summer, at('2027-06-15T20:59:59Z')).is, 'usable');
  assert.equal(standing(summer, at('2027-06-15T21:00:00Z')).is, 'expired', 'midnight in Helsinki in summer');
});

test('a wrong clock is told when it has not been corrected for a day, or stands in another zone', () => {
  const [minute, day] = [60_000, 86_400_000];
  assert.equal(clockMatters(-10 * minute, day / 2, true), false);
  assert.equal(clockMatters(-10 * minute, 2 * day, true), true);
  assert.equal(clockMatters(60 * minute, minute, false), true);
  assert.equal(clockMatters(20_000, 2 * day, false), false, 'nobody’s codes suffer');
});
