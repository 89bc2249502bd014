// The corrected clock of a phone whose own clock is wrong, and is set right while nobody can tell the time.

import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { afterJump, clock, learn, wrongBy } from '../src/shared/clock.ts';
import { isHelsinkiHere } from '../src/shared/words.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-23T10:00:00Z');

/** What the phone's two clocks show: the one that can be set, and the one that goes on. */
let shown = 0;
let since = 0;
mock.method(Date, 'now', () => shown);
mock.method(performance, 'now', () => since);

/** Time goes by; asleep, the clock that nobody can set stands still. */
function pass(ms: number, asleep = false): void {
  shown += ms;
  if (!asleep) since += ms;
}

/** A phone that has heard from the server now, and whose clock is off by so much. */
function phone(off: number): void {
  shown = NOW + off;
  learn(new Date(NOW).toISOString(), shown);
}

const wrong = (real: number): number => Math.abs(clock.now() - real);

afterEach(() => {
  Object.assign(process.env, { TZ: 'UTC' });
});

test('a clock that is set right is not corrected again', () => {
  for (const off of [-10 * MINUTE, 10 * MINUTE]) {
    phone(off);
    pass(MINUTE);
    assert.ok(wrong(NOW + MINUTE) < 1500, `${off}`);
    shown -= off; // the holder sets the time to automatic
    pass(MINUTE);
    assert.ok(wrong(NOW + 2 * MINUTE) < 1500, `${off}`);
    assert.equal(wrongBy().by, 0);
  }
});

test('a phone that slept is still corrected', () => {
  phone(-10 * MINUTE);
  pass(8 * 60 * MINUTE, true);
  assert.ok(wrong(NOW + 8 * 60 * MINUTE) < 1500);
  pass(MINUTE);
  shown += 10 * MINUTE;
  assert.ok(wrong(NOW + (8 * 60 + 1) * MINUTE) < 1500);
});

test('a right clock that is set back is corrected, and one that only drifts is left alone', () => {
  phone(0);
  shown -= 60 * MINUTE;
  assert.ok(wrong(NOW) < 1500);
  assert.equal(afterJump(20_000, 900), 20_000);
  assert.equal(afterJump(0, 7 * MINUTE), 0, 'it slept');
  assert.equal(afterJump(0, 3000), 0, 'it slept for a moment');
});

test('the time of day is Finland’s where a zone goes as Finland’s does', () => {
  for (const [zone, same] of [
    ['Europe/Helsinki', true],
    ['Europe/Kyiv', true],
    ['Europe/Stockholm', false],
    ['UTC', false],
  ] as const) {
    Object.assign(process.env, { TZ: zone });
    assert.equal(isHelsinkiHere(NOW), same, zone);
  }
});
