import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, type Done, type Facts, isDone, NOTHING, STEPS, stepOf, where } from '../../server/demo/stage/src/facts.ts';
import { lines } from '../../server/demo/stage/src/lines.ts';
import type { Result, Said } from '../../server/demo/stage/src/messages.ts';
import { meaning } from '../../server/demo/stage/src/watch.ts';
import { LANGUAGES, preferred, speaker } from '../../server/demo/stage/src/words.ts';

const result = (id: string, more: Partial<Result>): Result => ({
  kind: 'result',
  id,
  decision: 'admitted',
  offline: false,
  sent: true,
  conflict: false,
  ...more,
});
const happened = (...all: (Said | Done)[]): Facts => all.reduce(after, NOTHING);

const MADE: Said = { kind: 'issued', pass: 'p' };
const ACTIVE: Said = { kind: 'activated', pass: 'p' };
const SHOWN: Said = { kind: 'code', shown: true };
const WELCOME = result('1', {});
const OLD = result('2', { decision: 'refused', reason: 'stale_code' });
const AMBER = result('3', { offline: true, sent: false });
const SENT = result('3', { offline: true });
const STOPPED: Said = { kind: 'stopped', pass: 'p' };
const REFUSED = result('4', { decision: 'refused', reason: 'not_in_use' });

test('the seven steps follow one another', () => {
  const all: (Said | Done)[][] = [
    [MADE],
    [ACTIVE, SHOWN],
    [WELCOME],
    [OLD],
    [AMBER, SENT],
    [{ kind: 'lose' }, STOPPED, REFUSED],
    [{ kind: 'looked' }],
  ];
  let facts = NOTHING;
  all.forEach((said, i) => {
    assert.equal(stepOf(facts), STEPS[i]);
    facts = said.reduce(after, facts);
    assert.equal(isDone(facts, STEPS[i] ?? 'make'), true);
  });
  assert.equal(stepOf(facts), undefined);
  assert.deepEqual(where(facts), []);
});

test('a phone whose card is stopped too early is lost by then, so that it never hears of it', () => {
  const before = happened(MADE, ACTIVE, SHOWN, WELCOME, OLD, AMBER, SENT);
  assert.equal(stepOf(before), 'lost');
  assert.deepEqual(where(before), [], 'what is to be done is on the stage itself');
  assert.deepEqual(where(after(before, { kind: 'lose' })), ['worker']);
  const early = after(before, STOPPED);
  assert.equal(early.lost, true);
  assert.deepEqual(where(early), ['venue']);
  assert.equal(isDone(after(early, REFUSED), 'lost'), true);
  assert.equal(after(before, { kind: 'stopped', pass: 'other' }).lost, false);
  assert.equal(happened(MADE, ACTIVE, SHOWN, STOPPED).lost, false);
  const resumed = after(early, { kind: 'resumed', pass: 'p' });
  assert.deepEqual(where(resumed), ['worker'], 'a card that is in use again is to be stopped again');
});

test('a welcome without the network is confirmed only when the server has it and agrees', () => {
  const before = happened(MADE, ACTIVE, SHOWN, WELCOME, OLD);
  for (const said of [AMBER, result('3', { offline: true, conflict: true }), result('9', {})]) {
    assert.equal(isDone(after(after(before, AMBER), said), 'offline'), false);
  }
  assert.equal(isDone(after(after(before, AMBER), SENT), 'offline'), true);
});

test('what does not belong to the card on the stage changes nothing', () => {
  assert.equal(happened(WELCOME).welcome, false);
  assert.equal(happened(ACTIVE).activated, false);
  assert.equal(happened(MADE, SHOWN).shown, false);
  assert.equal(happened(MADE, ACTIVE, REFUSED).refused, false);
  assert.equal(happened(MADE, ACTIVE, { kind: 'stopped', pass: 'other' }).stopped, false);
  assert.equal(happened(MADE, ACTIVE, { kind: 'issued', pass: 'second' }).pass, 'p');
  assert.equal(happened(MADE, { kind: 'issued', pass: 'second' }).pass, 'second');
});

test('answers of the server are understood by what they say', () => {
  const yes = (method: string, path: string, body: unknown) => ({ method, path, body });
  assert.deepEqual(meaning('worker', yes('POST', '/v1/passes', { id: 'p' })), MADE);
  assert.deepEqual(meaning('worker', yes('POST', '/v1/passes/p/lost-phone', {})), STOPPED);
  assert.equal(meaning('worker', yes('GET', '/v1/passes', { passes: [] })), undefined);
  assert.equal(meaning('worker', yes('POST', '/v1/passes/p/renew', {})), undefined);
  assert.deepEqual(meaning('holder', yes('POST', '/v1/activations', { pass: { id: 'p' } })), ACTIVE);
  assert.deepEqual(meaning('holder', yes('GET', '/v1/activation-requests/r', { state: 'active', pass: { id: 'p' } })), ACTIVE);
  assert.equal(meaning('holder', yes('GET', '/v1/activation-requests/r', { state: 'waiting' })), undefined);
  assert.equal(meaning('venue', yes('GET', '/v1/venue/today', {})), undefined);
  assert.deepEqual(meaning('venue', yes('PUT', '/v1/scans/abc/party', { a: 1 })), {
    kind: 'answer',
    path: 'PUT /v1/scans/…/party',
    body: { a: 1 },
  });
  assert.deepEqual(meaning('venue', yes('POST', '/v1/scans/uploads', {})), { kind: 'answer', path: 'POST /v1/scans/uploads', body: {} });
});

test('the stage speaks the first language that a browser wants, and English to the others', () => {
  assert.equal(preferred(['sv-FI', 'fi']), 'sv');
  assert.equal(preferred(['de', 'fi-FI']), 'fi');
  assert.equal(preferred(['de']), 'en');
  for (const language of LANGUAGES) assert.match(speaker(language)('step', { n: 3 }), /3/);
});

test('a document is read a line a field', () => {
  assert.deepEqual(
    lines({ a: 1, spans: [{ from: 'x' }, { from: 'y', to: 'z' }], party: { children: 2, assistants: 0 }, long: 'n'.repeat(60) }),
    ['a: 1', 'spans: from x, from y, to z', 'party: children 2, assistants 0', `long: ${'n'.repeat(44)}…`],
  );
  assert.deepEqual(lines([{ id: 'i'.repeat(40), at: 'a'.repeat(40) }]), ['–', `  id: ${'i'.repeat(40)}`, `  at: ${'a'.repeat(40)}`]);
});
