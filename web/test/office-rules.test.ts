import assert from 'node:assert/strict';
import { test } from 'node:test';
import { find, match } from '../src/office/routes.ts';
import { changes, hoursAndMinutes, laterThan, readRules, rulesOn, SETTINGS, typedRules } from '../src/office/rules.ts';
import type { Network, Rules } from '../src/shared/types.ts';

const rules: Rules = {
  min_age: 16,
  child_age: 18,
  valid_months: 12,
  grace_days: 30,
  unlink_days: 90,
  group_max: 15,
  opens_minutes: 180,
  closes_minutes: 60,
  freed_minutes: 120,
  claim_minutes: 120,
  pushes_week: 3,
  suppress_under: 5,
};
const later: Rules = { ...rules, child_age: 20 };
const latest: Rules = { ...later, offline_not_allowed: true };
const network = {
  rules,
  coming: [
    { from: '2027-01-01', rules: later },
    { from: '2027-06-01', rules: latest },
  ],
} as unknown as Network;

test('what is typed is read as it was shown', () => {
  assert.deepEqual(readRules(typedRules(rules)), { ok: true, rules });
  assert.deepEqual(readRules(typedRules(latest)), { ok: true, rules: latest });
});

test('a setting outside of its limits is named', () => {
  for (const s of SETTINGS) {
    for (const typed of ['', 'x', '-1', '1.5', String(s.low - 1), String(s.high + 1)]) {
      const read = readRules({ ...typedRules(rules), [s.name]: typed });
      assert.deepEqual(read, { ok: false, wrong: [s] }, `${s.name} ${typed}`);
    }
  }
});

test('only what differs is a change', () => {
  assert.deepEqual(changes(rules, rules), []);
  assert.deepEqual(
    changes(rules, latest).map((c) => [c.setting === 'offline' ? c.setting : c.setting.name, c.before, c.after]),
    [
      ['child_age', 18, 20],
      ['offline', true, false],
    ],
  );
});

test('rules of a day are the latest that have begun', () => {
  assert.equal(rulesOn(network, '2026-12-31'), rules);
  assert.equal(rulesOn(network, '2027-01-01'), later);
  assert.equal(rulesOn(network, '2028-01-01'), latest);
  assert.deepEqual(laterThan(network, '2027-01-01'), ['2027-06-01']);
});

test('minutes are hours and minutes', () => {
  assert.deepEqual(hoursAndMinutes(150), { hours: 2, minutes: 30 });
});

test('a path is read by its pattern', () => {
  assert.deepEqual(match('/office', '/office/'), {});
  assert.deepEqual(match('/office/offers/:offer', '/office/offers/a%20b'), { offer: 'a b' });
  assert.equal(match('/office/offers/:offer', '/office/offers/'), undefined);
  assert.equal(match('/office/offers/:offer', '/office/offers/a/b'), undefined);
  assert.deepEqual(match('/office/offers/:offer', '/office/offers/%'), { offer: '%' });
});

test('the first pattern that fits decides', () => {
  const screens = [
    ['/office/offers/new', 'new'],
    ['/office/offers/:offer', 'one'],
  ] as const;
  assert.deepEqual(find(screens, '/office/offers/new'), { screen: 'new', params: {} });
  assert.deepEqual(find(screens, '/office/offers/x'), { screen: 'one', params: { offer: 'x' } });
  assert.equal(find(screens, '/office/else'), undefined);
});
