import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Keys } from '../src/office/keys.ts';
import { NEW_OFFER, offerAsked, type TypedOffer, wordsAsked, wrongOffer } from '../src/office/offer.ts';
import type { Answer } from '../src/shared/types.ts';

const typed = (change: Partial<TypedOffer>): TypedOffer => ({ ...NEW_OFFER, title: { fi: 'Runoilta', sv: ' ' }, ...change });

test('an event is told how it is reserved, and not what only a standing offer has', () => {
  assert.deepEqual(offerAsked(typed({ times: '3', per: 'month', first: '2027-01-01' })), {
    kind: 'event',
    title: { fi: 'Runoilta' },
    seats_per_pass: 0,
    children_counted: false,
    reservable: true,
    walk_ins: true,
    cancel_minutes: 120,
  });
});

test('a standing offer is told its limit and season, and not how it is reserved', () => {
  assert.deepEqual(offerAsked(typed({ kind: 'standing', times: '2', per: 'month', last: '2027-06-01', most: '4' })), {
    kind: 'standing',
    title: { fi: 'Runoilta' },
    seats_per_pass: 4,
    children_counted: false,
    limit: { times: 2, per: 'month' },
    last: '2027-06-01',
  });
});

test('a course says nothing of children, and without reservations nothing of cancelling', () => {
  assert.deepEqual(offerAsked(typed({ kind: 'course', reservable: false, networks: ['b', 'a'], everywhere: false })), {
    kind: 'course',
    title: { fi: 'Runoilta' },
    networks: ['a', 'b'],
    reservable: false,
    walk_ins: true,
  });
});

test('words that were emptied are left out, so that they are emptied', () => {
  assert.deepEqual(wordsAsked({ title: { en: ' Poems ' }, description: { fi: ' ' }, access: {}, place: ' ', genre: 'poetry ' }), {
    title: { en: 'Poems' },
    genre: 'poetry',
  });
});

test('each mistake is said at its field', () => {
  assert.deepEqual(wrongOffer(typed({})), []);
  assert.deepEqual(wrongOffer(typed({ title: { fi: ' ' } })), ['title']);
  assert.deepEqual(wrongOffer(typed({ everywhere: false })), ['networks']);
  assert.deepEqual(wrongOffer(typed({ reservable: false, walkIns: false })), ['walk_ins']);
  assert.deepEqual(wrongOffer(typed({ kind: 'standing', reservable: false, walkIns: false })), []);
  for (const times of ['', '0', '367', '1,5', 'x'])
    assert.deepEqual(wrongOffer(typed({ kind: 'standing', times })), ['limit.times'], times);
  assert.deepEqual(wrongOffer(typed({ kind: 'standing', per: 'season' })), ['first', 'last']);
  assert.deepEqual(wrongOffer(typed({ kind: 'standing', first: '2027-02-01', last: '2027-01-01' })), ['last']);
});

const refused = (status: number, code: string): Answer<unknown> => ({ ok: false, problem: { status, code } });

test('the same is asked with the same key until somebody answers', () => {
  const keys = new Keys();
  const first = keys.of({ a: 1 });
  for (const lost of [refused(0, 'no_network'), refused(503, 'timeout'), refused(500, 'internal'), refused(504, 'internal')]) {
    keys.take(lost);
    assert.equal(keys.of({ a: 1 }), first);
  }
  assert.notEqual(keys.of({ a: 2 }), first);
});

test('after an answer, and for something else, there is another key', () => {
  for (const answer of [{ ok: true as const, value: undefined }, refused(409, 'no_seats'), refused(400, 'invalid_field')]) {
    const keys = new Keys();
    const first = keys.of('x');
    keys.take(answer);
    assert.notEqual(keys.of('x'), first);
  }
});
