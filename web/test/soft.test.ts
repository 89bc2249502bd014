import assert from 'node:assert/strict';
import { test } from 'node:test';
import { divisible } from '../src/shared/soft.ts';

const shown = (name: string): string => divisible(name).replaceAll('\u00AD', '-');

test('long words can be divided between syllables, short ones cannot', () => {
  assert.equal(shown('Kajaanin kaupunginteatteri'), 'Kajaanin kau-pun-gin-teat-teri');
  assert.equal(shown('Kainuun sote, aikuissosiaalityö'), 'Kainuun sote, aikuis-so-siaa-lityö');
  assert.equal(shown('Vinterkvällarnas'), 'Vin-terk-väl-larnas');
  assert.equal(shown('Lappeenranta'), 'Lap-peen-ranta');
});

test('nothing is divided near the ends of a word', () => {
  for (const part of divisible('maahanmuuttajapalvelut').split('\u00AD')) assert.ok(part.length >= 2, part);
  assert.equal(shown('Kirjasto ry, 1234567890'), 'Kirjasto ry, 1234567890');
});
