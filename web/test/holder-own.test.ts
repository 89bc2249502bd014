import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { merged, unread, unsaid } from '../src/holder/notices.ts';
import { inOrder, mayCancel } from '../src/holder/reserved.ts';
import type { Notice, Reservation, ReservationState } from '../src/shared/types.ts';

/** The names of the members of a schema of the API's description. */
function members(schema: string): string[] {
  const text = readFileSync('docs/api/openapi.yaml', 'utf8');
  const from = text.indexOf(`\n    ${schema}:\n`);
  const end = text.slice(from + 1).search(/\n {4}\w/);
  return [...text.slice(from, from + 1 + end).matchAll(/^ {8}(\w+):/gm)].map((m) => m[1] ?? '');
}

test('all that is stored about a holder is shown to the holder', () => {
  const page = readFileSync('web/src/holder/screens/data.tsx', 'utf8');
  const shown = (name: string) => new RegExp(`\\b(m|one|s|a)\\??\\.${name}\\b|\\{ ${name}: a \\}`).test(page);
  const stored = members('Stored');
  assert.ok(stored.length > 30, 'the description has been read');
  for (const name of [...stored, ...members('StoredCarrier')]) assert.ok(name === 'now' || shown(name), name);
});

const notice = (id: string, read_at?: string): Notice => ({
  id,
  kind: 'activated',
  at: '2026-11-23T10:00:00Z',
  ...(read_at ? { read_at } : {}),
});

test('what was read without a network stays read, and is told later', () => {
  const kept = [notice('a', '2026-11-24T10:00:00Z'), notice('b')];
  const told = [notice('c'), notice('a'), notice('b')];
  assert.deepEqual(
    merged(kept, told).map((n) => [n.id, n.read_at !== undefined]),
    [
      ['c', false],
      ['a', true],
      ['b', false],
    ],
  );
  assert.deepEqual(
    unsaid(merged(kept, told), told).map((n) => n.id),
    ['a'],
  );
  assert.equal(unread(merged(kept, told)).length, 2);
});

const reservation = (id: string, state: ReservationState, start: string): Reservation => ({
  id,
  state,
  session: 's',
  offer: 'o',
  kind: 'event',
  title: { fi: 'Kesäteatteri' },
  venue: { fi: 'Teatteri' },
  start,
  end: new Date(Date.parse(start) + 7200_000).toISOString(),
  party: { children: 0, assistants: 0 },
  seats: 1,
  cancel_until: start,
});

test('the next reservation comes first, and what is past or cancelled last', () => {
  const at = Date.parse('2026-11-24T10:00:00Z');
  const all = [
    reservation('later', 'reserved', '2026-12-01T10:00:00Z'),
    reservation('cancelled', 'cancelled', '2026-11-30T10:00:00Z'),
    reservation('now', 'reserved', '2026-11-24T09:00:00Z'),
    reservation('past', 'used', '2026-11-20T10:00:00Z'),
    reservation('missed', 'reserved', '2026-11-01T10:00:00Z'),
    reservation('waiting', 'waiting', '2026-11-25T10:00:00Z'),
  ];
  const { coming, past } = inOrder(all, at);
  assert.deepEqual(
    coming.map((r) => r.id),
    ['now', 'waiting', 'later'],
  );
  assert.deepEqual(
    past.map((r) => r.id),
    ['cancelled', 'past', 'missed'],
  );
});

test('only what is held can be cancelled, and only in time', () => {
  const at = Date.parse('2026-11-24T10:00:00Z');
  assert.equal(mayCancel(reservation('a', 'reserved', '2026-11-24T10:00:01Z'), at), true);
  assert.equal(mayCancel(reservation('a', 'reserved', '2026-11-24T10:00:00Z'), at), false);
  assert.equal(mayCancel(reservation('a', 'cancelled', '2026-12-24T10:00:00Z'), at), false);
});
