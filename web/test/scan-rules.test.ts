import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeInHash, enrolmentCode } from '../src/scan/enrolment.ts';
import { backoff, Health } from '../src/scan/health.ts';
import type { Result, Unsent } from '../src/scan/kept.ts';
import { batch, forgettable, sameParty, settle, takenBack, toCheck } from '../src/scan/queue.ts';
import { DEADLINE, late, meaning, race } from '../src/scan/race.ts';
import { firstThatWorks, type Reader } from '../src/scan/reader.ts';
import { cameraSteps, placeSteps } from '../src/scan/steps.ts';
import { admittedOf, chosenOf, placesOf, programmeKnown, uselessness } from '../src/scan/today.ts';
import { readTyped } from '../src/scan/typed.ts';
import type { Bundle } from '../src/shared/judge/bundle.ts';
import type { Answer, Decision, TodaySession, UploadAnswer, UploadAsked } from '../src/shared/types.ts';

const AT = Date.parse('2026-11-23T16:30:00Z');
const NOBODY = { children: 0, assistants: 0 };

const decision = (change: Partial<Decision> = {}): Decision => ({
  scan_id: 'scan-of-the-test-1',
  decision: 'admitted',
  party: NOBODY,
  at: '2026-11-23T16:30:00Z',
  welcome: 2,
  ...change,
});

const notes = (health: Health, ...answered: boolean[]): boolean => {
  for (const ok of answered) health.note(ok);
  return health.up;
};

test('a door stops waiting after two errors in the last five calls', () => {
  assert.equal(notes(new Health(), false), true);
  assert.equal(notes(new Health(), false, false), false);
  assert.equal(notes(new Health(), false, true, true, true, false), false);
  assert.equal(notes(new Health(), false, true, true, true, true, false), true, 'the first error is forgotten');
});

test('it waits again when the server answers steadily', () => {
  const health = new Health();
  assert.equal(notes(health, false, false, true), false, 'once is not steady');
  assert.equal(notes(health, false, true), false);
  assert.equal(notes(health, true), true);
  assert.equal(notes(health, false), true, 'what was before is forgotten');
});

test('tries become rarer, and never rarer than once a minute', () => {
  assert.deepEqual([1, 2, 3, 6, 60].map(backoff), [2000, 4000, 8000, 60_000, 60_000]);
});

test('the server has 800 ms', async () => {
  const waits: number[] = [];
  const never = (ms: number) => {
    waits.push(ms);
    return new Promise<void>(() => undefined);
  };
  const quick: Answer<Decision> = { ok: true, value: decision() };
  assert.deepEqual(await race(Promise.resolve(quick), never), { by: 'server', answer: quick });
  assert.deepEqual(waits, [DEADLINE]);
  assert.equal(DEADLINE, 800);
  assert.deepEqual(await race(new Promise(() => undefined), async () => undefined), { by: 'nobody' });
});

test('a late no never flips a welcome, and a late yes replaces a refusal that is still on the screen', () => {
  const welcome = decision({ marks: ['offline'] });
  const refusal = decision({ decision: 'refused', reason: 'needs_network' });
  const yes: Answer<Decision> = { ok: true, value: decision() };
  const no: Answer<Decision> = { ok: true, value: decision({ decision: 'refused', reason: 'already_admitted' }) };
  const lost: Answer<Decision> = { ok: false, problem: { status: 0, code: 'no_network' } };
  assert.equal(late(welcome, true, yes), 'settled');
  assert.equal(late(welcome, true, no), 'upload');
  assert.equal(late(refusal, true, yes), 'show');
  assert.equal(late(refusal, false, yes), 'upload', 'the server has to take it back');
  assert.equal(late(refusal, true, no), 'settled');
  assert.equal(late(refusal, true, lost), 'upload');
});

test('a problem means to go on alone, to say what is wrong, or to stop', () => {
  assert.equal(meaning('no_network'), 'alone');
  assert.equal(meaning('timeout'), 'alone');
  assert.equal(meaning('internal'), 'alone');
  assert.equal(meaning('no_such_session'), 'wrong');
  assert.equal(meaning('scanner_ended'), 'ended');
  assert.equal(meaning('unknown_key'), 'ended');
});

const upload = (n: number, change: Partial<UploadAsked> = {}): UploadAsked => ({
  scan_id: `scan-of-the-test-${n}`,
  session: 'session-00',
  code: 'KP1:'.padEnd(356, 'A'),
  party: NOBODY,
  scanned_at: '2026-11-23T16:30:00Z',
  shown: 'welcome',
  ...change,
});

test('a batch has at most a hundred scans and 64 KiB', () => {
  const many = Array.from({ length: 250 }, (_, n) => upload(n));
  assert.equal(batch(many).length, 100);
  const long = many.map((u) => ({ ...u, code: 'K'.repeat(4000) }));
  const sent = batch(long);
  assert.ok(sent.length > 1 && JSON.stringify({ scans: sent }).length <= 64 * 1024);
  assert.equal(batch([upload(1, { code: 'K'.repeat(70_000) })]).length, 1, 'one that is too long does not stop the others for ever');
  assert.deepEqual(batch([]), []);
});

const answer = (change: Partial<UploadAnswer>): UploadAnswer => ({ scan_id: 'scan-of-the-test-1', decision: decision(), ...change });

test('what the server judged otherwise is to be looked at', () => {
  const welcome: Unsent = { upload: upload(1) };
  const refused: Unsent = { upload: upload(1, { shown: 'refused', shown_reason: 'needs_network' }) };
  assert.deepEqual(settle(welcome, answer({ result: 'counted' })), { kind: 'done' });
  const no = decision({ decision: 'refused', reason: 'already_admitted' });
  assert.deepEqual(settle(welcome, answer({ result: 'conflict', decision: no })), { kind: 'differs', why: 'already_admitted' });
  assert.deepEqual(settle(welcome, answer({ result: 'counted_over_seats' })), { kind: 'differs', why: 'over_seats' });
  assert.deepEqual(settle(refused, answer({ result: 'undone' })), { kind: 'differs', why: 'undone' });
  assert.deepEqual(settle(refused, answer({ result: 'refused' })), { kind: 'done' });
  assert.deepEqual(settle(takenBack(welcome), answer({ result: 'undone' })), { kind: 'done' });
  assert.deepEqual(settle(welcome, { scan_id: 'x', problem: 'upload_out_of_time' }), { kind: 'differs', why: 'lost' });
});

test('a party that the server counted differently is corrected', () => {
  const family: Unsent = { upload: upload(1, { party: { children: 2, assistants: 0 } }) };
  const party = { children: 2, assistants: 0, group: 0 };
  assert.deepEqual(settle(family, answer({ result: 'counted' })), { kind: 'party', party, counted: NOBODY });
  assert.deepEqual(settle(family, answer({ result: 'counted', decision: decision({ party }) })), { kind: 'done' });
  assert.equal(sameParty({ children: 1, assistants: 0 }, { children: 1, assistants: 0, group: 0 }), true);
  assert.equal(sameParty({ children: 1 }, { children: 1, assistants: 1 }), false);
});

test('what is taken back counts nowhere, whether the server has met it or not', () => {
  const { upload: told, undone } = takenBack({ upload: upload(1) });
  assert.deepEqual([told.shown, told.shown_reason, undone], ['refused', 'needs_network', 'ask']);
});

const result = (n: number, change: Partial<Result> = {}): Result => ({
  ...{ id: `scan-${n}`, at: AT - n * 1000, session: 'session-00', title: { fi: 'Näytelmä' }, decision: decision(), shown: 'welcome' },
  ...{ party: NOBODY, sent: true },
  ...change,
});

test('results are forgotten when nobody looks at them, and never before they are sent and seen', () => {
  const many = Array.from({ length: 205 }, (_, n) => result(n));
  assert.equal(forgettable(many, AT).length, 5);
  const old = 40 * 24 * 3600_000;
  const kept = [result(old, { sent: false }), result(old + 1, { conflict: 'lost' }), result(old + 2, { conflict: 'lost', seen: true })];
  assert.deepEqual(
    forgettable(kept, AT).map((r) => r.id),
    [kept[2]?.id],
  );
  assert.equal(toCheck(kept).length, 1);
});

const DAY = 24 * 3600_000;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const session = (id: string, change: Partial<TodaySession> = {}): TodaySession => ({
  ...{ id, offer: 'o', start: '2026-11-23T17:00:00Z', end: '2026-11-23T19:00:00Z', first_day: '2026-11-23', last_day: '2026-11-23' },
  ...{ seats: 10, no_limit: false, title: {}, kind: 'event', seats_per_pass: 0, children_counted: false, walk_ins: true, open: true },
  counts: { admitted: 4, reserved: 6, free: 2 },
  ...change,
});
const today = (...sessions: TodaySession[]) => ({
  at: AT,
  today: { day: '2026-11-23', now: '2026-11-23T16:30:00Z', venue: { id: 'v', name: {} }, sessions, standing: [] },
});

test('what is open comes first, and what opens later today comes too', () => {
  const later = session('later', { open: false, opens: '2026-11-23T18:00:00Z', start: '2026-11-23T21:00:00Z' });
  const places = placesOf(today(later, session('now')), undefined, AT, dayOf);
  assert.deepEqual(
    places.map((p) => [p.id, p.open]),
    [
      ['now', true],
      ['later', false],
    ],
  );
  assert.equal(
    placesOf(today(later), undefined, Date.parse('2026-11-23T18:00:01Z'), dayOf)[0]?.open,
    true,
    'time goes on without a network',
  );
  assert.deepEqual(placesOf(today(session('now')), undefined, AT + 24 * 3600_000, dayOf), [], 'yesterday is over');
});

test('an empty day is empty only when somebody has said so', () => {
  const listed = (issued: number) => ({ issued: issued / 1000 }) as Bundle;
  assert.equal(programmeKnown(undefined, undefined, AT, dayOf), false);
  assert.equal(programmeKnown(today(), undefined, AT, dayOf), true);
  assert.equal(programmeKnown(today(), undefined, AT + DAY, dayOf), false, 'that was yesterday');
  assert.equal(programmeKnown(undefined, listed(AT), AT, dayOf), true);
  assert.equal(programmeKnown(undefined, listed(AT - 8 * DAY), AT, dayOf), false, 'the list ends before today');
});

test('a list welcomes nobody when it is missing, too old, or not to be used without a network', () => {
  const list = (issued: number, offline = true) => ({ issued: issued / 1000, offline }) as Bundle;
  assert.equal(uselessness(undefined, AT), 'missing');
  assert.equal(uselessness(list(AT - 8 * DAY), AT), 'missing');
  assert.equal(uselessness(list(AT, false), AT), 'not_allowed');
  assert.equal(uselessness(list(AT - 2 * DAY), AT), undefined);
});

test('a choice holds for its day; without one the only open place is taken', () => {
  const places = placesOf(today(session('a'), session('b')), undefined, AT, dayOf);
  assert.equal(chosenOf({ session: 'b', day: '2026-11-23' }, places, '2026-11-23')?.id, 'b');
  assert.equal(chosenOf({ session: 'b', day: '2026-11-22' }, places, '2026-11-23'), undefined);
  assert.equal(chosenOf(undefined, places.slice(0, 1), '2026-11-23')?.id, 'a');
});

test('own admissions that the server has not counted are added', () => {
  const [place] = placesOf(today(session('session-00')), undefined, AT, dayOf);
  assert.ok(place);
  const results = [result(1), result(2, { sent: false }), result(-5), result(-6, { undone: true })];
  assert.equal(admittedOf(place, results, AT, '2026-11-23', dayOf), 6);
});

test('each mix-up of typed codes has a sentence of its own', () => {
  assert.deepEqual(readTyped('234567'), { ok: true, text: '234567' });
  assert.deepEqual(readTyped('ab-c1 23'), { ok: true, text: 'ABC123' });
  assert.deepEqual(readTyped('8000 0001 2'), { ok: false, why: 'typed_length' });
  assert.deepEqual(readTyped('800 000 0012'), { ok: false, why: 'typed_wrong' });
  assert.deepEqual(readTyped('594 986 9909'), { ok: false, why: 'typed_pass_number' });
});

test('an enrolment code is read from a link, from the address, and as it is typed', () => {
  assert.equal(enrolmentCode('https://kaikukortti.example/scan#K5APTM367P'), 'K5APTM367P');
  assert.equal(enrolmentCode('k5apt m367p'), 'K5APTM367P');
  assert.equal(enrolmentCode('https://kaikukortti.example/activate#1061144709'), undefined);
  assert.equal(codeInHash('#K5APTM367P'), 'K5APTM367P');
  assert.equal(codeInHash(''), undefined);
});

const reads = (text: string | undefined): Reader => ({ read: async () => text, end: () => undefined });
const broken: Reader = { read: () => Promise.reject(new Error('no service')), end: () => undefined };

test('a reader that fails is left for good, and the same frame goes to the next', async () => {
  let asked = 0;
  const first = async () => {
    asked++;
    return broken;
  };
  const reader = firstThatWorks([() => Promise.reject(new Error('none')), first, async () => reads('KP1:')]);
  const frame = {} as ImageData;
  assert.equal(await reader.read(frame), 'KP1:');
  assert.equal(await reader.read(frame), 'KP1:');
  assert.equal(asked, 1);
  await assert.rejects(firstThatWorks([async () => broken]).read(frame));
});

const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ICON = `Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) ${WEBKIT} Mobile/15E148`;
const MAC = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.4 Safari/605.1.15`;
const ANDROID = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';

test('a refused camera is allowed by the steps of this browser, also in the icon of an iPhone', () => {
  assert.deepEqual(cameraSteps(ICON, true), ['how_safari']);
  assert.deepEqual(cameraSteps(MAC, true), ['how_safari']);
  assert.deepEqual(cameraSteps(MAC, false), ['how_safari']);
  assert.deepEqual(cameraSteps(ANDROID, false), ['how_chrome']);
  assert.deepEqual(cameraSteps('Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0', false), ['how_firefox']);
  assert.equal(cameraSteps('a browser of its own', false).length, 3);
});

test('a scanner is set up where it lasts', () => {
  assert.deepEqual(placeSteps({ ios: true, installed: false, inside: false }), ['enrol_iphone', 'enrol_iphone_why']);
  assert.deepEqual(placeSteps({ ios: true, installed: true, inside: false }), []);
  assert.deepEqual(placeSteps({ ios: false, installed: false, inside: false }), []);
  assert.deepEqual(placeSteps({ ios: true, installed: false, inside: true }), ['enrol_inside', 'enrol_inside_safari']);
  assert.deepEqual(placeSteps({ ios: false, installed: false, inside: true }), ['enrol_inside', 'enrol_inside_chrome']);
});
