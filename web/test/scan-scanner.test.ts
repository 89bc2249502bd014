import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, mock, test } from 'node:test';
import type { Result, Unsent } from '../src/scan/kept.ts';
import { Outbox } from '../src/scan/outbox.ts';
import { takenBack } from '../src/scan/queue.ts';
import { Scanner } from '../src/scan/scanner.ts';
import { queueKey, seal, unseal } from '../src/scan/sealed.ts';
import { encodeBase64url } from '../src/shared/code/base64url.ts';
import { ES256, newKey, publicJwk } from '../src/shared/code/keys.ts';
import type { BundleClaims } from '../src/shared/judge/bundle.ts';
import type { Party } from '../src/shared/types.ts';
import { Disk } from './disk.ts';

// What a phone keeps as a scanner, and what it never loses. The disk and the server are the tests' own.

const disk = new Disk();
disk.install();
mock.timers.enable({ apis: ['setTimeout'] }); // nobody looks again by itself
Object.assign(globalThis, {
  addEventListener: () => undefined,
  document: { addEventListener: () => undefined },
  location: { origin: 'https://kaikukortti.example' },
});
Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true });

type Answer = readonly [status: number, body: unknown];
type Server = Record<string, (body: never) => Answer | Promise<Answer>>;

const AWAY: Answer = [0, undefined];
const FAILS: Answer = [503, { code: 'busy' }];

let server: Server = {};
let asked: string[] = [];

globalThis.fetch = async (path, init) => {
  const what = `${init?.method} ${path}`;
  asked.push(what);
  const [status, body] = (await server[what]?.(JSON.parse(String(init?.body ?? null)) as never)) ?? FAILS;
  if (status === 0) throw new TypeError('there is no network');
  return typeof body === 'string' ? new Response(body, { status }) : Response.json(body, { status });
};

const { bundle } = JSON.parse(readFileSync('passes/testdata/decisions.json', 'utf8')) as { bundle: BundleClaims };
const signer = await newKey();
const base64 = (value: unknown): string => encodeBase64url(new TextEncoder().encode(JSON.stringify(value)));

/** A list for scanners of the tests. */
async function list(): Promise<string> {
  const head = base64({ alg: 'ES256', typ: 'venue-bundle+jwt', kid: 'signer' });
  const body = base64({ ...bundle, scanner: 'scanner', iat: Math.floor(Date.now() / 1000), offline: true });
  const signature = await crypto.subtle.sign(ES256, signer.privateKey, new TextEncoder().encode(`${head}.${body}`));
  return `${head}.${body}.${encodeBase64url(new Uint8Array(signature))}`;
}

const now = (): string => new Date().toISOString();
const day = (): string => now().slice(0, 10);
const CODE = 'K5APTM367P';
/** The code of a scanner of another venue. */
const OTHER = 'AAAAAAAAAA';

/** A server to which everything is right. */
const works: Server = {
  'POST /v1/token': () => [200, { access_token: 'token', expires_in: 600, now: now() }],
  'POST /v1/scanner-enrolments': async ({ code }: { code: string }) => [
    201,
    {
      scanner: { id: 'scanner', label: 'Ovi', end_day: '2099-12-31' },
      venue: { id: code === OTHER ? 'elsewhere' : 'here', name: { fi: 'Teatteri' } },
      bundle_keys: [{ ...(await publicJwk(signer.publicKey)), kid: 'signer' }],
      now: now(),
    },
  ],
  'GET /v1/venue/today': () => [200, { day: day(), now: now(), venue: { id: 'here', name: {} }, sessions: [], standing: [] }],
  'GET /v1/venue/bundle': async () => [200, await list()],
  'POST /v1/scans/uploads': ({ scans }: { scans: { scan_id: string; party: Party }[] }) => [
    200,
    { answers: scans.map(({ scan_id, party }) => ({ scan_id, result: 'counted', decision: { decision: 'admitted', party } })) },
  ],
};

const ALONE: Party = { children: 0, assistants: 0 };
const FAMILY: Party = { children: 2, assistants: 0, group: 0 };
const SCAN = 'a-scan-of-the-test';

const unsent = (party = ALONE): Unsent => ({
  upload: { scan_id: SCAN, session: 'session', code: 'KP1:ABC', party, scanned_at: now(), shown: 'welcome' },
});
const result = (party = ALONE): Result => ({
  ...{ id: SCAN, at: Date.now(), session: 'session', title: {}, shown: 'welcome', party, sent: false },
  decision: { scan_id: SCAN, decision: 'admitted', party: ALONE, at: now(), welcome: 2 },
});

/** A phone that is a scanner and has let somebody in whom the server does not know. */
async function busyScanner(party?: Party): Promise<Scanner> {
  const scanner = new Scanner();
  await scanner.wake();
  await scanner.enrol(CODE);
  await scanner.enqueue(unsent(party));
  await scanner.record(result(party));
  return scanner;
}

beforeEach(() => {
  disk.wipe();
  server = { ...works };
  asked = [];
});

test('what waits is sent before a phone becomes the scanner of another venue, or none', async () => {
  const moved = await busyScanner();
  const answer = await moved.enrol(OTHER);
  assert.ok(typeof answer === 'object' && answer.ok);
  assert.equal(moved.standing.enrolment?.venue.id, 'elsewhere');
  assert.equal(asked.filter((what) => what === 'POST /v1/scans/uploads').length, 1);
  assert.deepEqual([moved.standing.unsent, moved.standing.results.length], [0, 0]);

  const left = await busyScanner();
  assert.equal(await left.leave(), true);
  assert.equal(asked.filter((what) => what === 'POST /v1/scans/uploads').length, 2);
  assert.deepEqual([left.standing.enrolment, disk.lines('queue').length], [undefined, 0]);
});

test('what cannot be sent is lost only by somebody who says so', async () => {
  const scanner = await busyScanner();
  server['POST /v1/scans/uploads'] = () => FAILS;
  assert.equal(await scanner.enrol(OTHER), 'unsent');
  assert.equal(await scanner.leave(), false);
  assert.deepEqual([scanner.standing.enrolment?.venue.id, scanner.standing.unsent, disk.lines('queue').length], ['here', 1, 1]);

  const same = await scanner.enrol(CODE);
  assert.ok(typeof same === 'object' && same.ok);
  assert.equal(scanner.standing.unsent, 1, 'another scanner of the same venue can send it');

  const moved = await scanner.enrol(OTHER, true);
  assert.ok(typeof moved === 'object' && moved.ok);
  assert.deepEqual([scanner.standing.enrolment?.venue.id, scanner.standing.unsent, disk.lines('queue').length], ['elsewhere', 0, 0]);
  await scanner.enqueue(unsent());
  assert.equal(await scanner.leave(true), true);
  assert.deepEqual([scanner.standing.enrolment, disk.lines('queue').length], [undefined, 0]);
});

test('a scan that was taken back, and of which the server does not know that, is lost by nobody either', async () => {
  const scanner = await busyScanner();
  server['POST /v1/scans/uploads'] = () => FAILS;
  server[`DELETE /v1/scans/${SCAN}`] = () => FAILS;
  await scanner.enqueue(takenBack(unsent()));
  assert.deepEqual([scanner.standing.unsent, scanner.standing.untold], [0, 1]);
  assert.equal(await scanner.enrol(OTHER), 'unsent');
  assert.equal(await scanner.leave(), false);
});

test('a scanner that was ended asks too before another venue’s code loses anything', async () => {
  const scanner = await busyScanner();
  server['POST /v1/scans/uploads'] = () => [401, { code: 'scanner_ended' }];
  assert.equal(await scanner.leave(), false);
  assert.equal(scanner.standing.enrolment?.ended, true);
  assert.equal(await scanner.enrol(OTHER), 'unsent');
});

test('a full phone goes on with what it has in memory', async () => {
  const scanner = new Scanner();
  await scanner.wake();
  server['GET /v1/venue/bundle'] = () => FAILS;
  await scanner.enrol(CODE);
  assert.equal(scanner.standing.bundle, undefined);
  disk.full = true;
  server['GET /v1/venue/today'] = () => [200, { day: 'later', now: now(), venue: { id: 'here', name: {} }, sessions: [], standing: [] }];
  server['GET /v1/venue/bundle'] = works['GET /v1/venue/bundle'] ?? (() => FAILS);
  await scanner.pulse();
  assert.equal(scanner.standing.today?.today.day, 'later');
  assert.deepEqual(await scanner.readList(), { ok: true, value: undefined });
  assert.ok(scanner.standing.bundle);
  await scanner.remember({ scan_id: SCAN, cti: 'cti', signed_at: 1, session: 'session', at: Date.now() });
  assert.equal(scanner.welcomed.length, 1);
  await scanner.choose('session');
  await scanner.setUp({ sound: false });
  assert.deepEqual([scanner.standing.choice?.session, scanner.standing.settings.sound], ['session', false]);
  await scanner.enqueue(unsent());
  assert.equal(scanner.standing.unsent, 1);
  await scanner.pulse();
  assert.equal(scanner.standing.unsent, 0);
});

/** The server counted one person where a family came in. */
const countedAlone = () =>
  [200, { answers: [{ scan_id: SCAN, result: 'counted', decision: { decision: 'admitted', party: ALONE } }] }] as const;

test('a party that the server will not correct any more is shown as it is counted, and is to be looked at', async () => {
  const answers: Answer[] = [
    [409, { code: 'too_late' }],
    [200, { decision: 'refused', reason: 'too_many_children', party: ALONE, welcome: 1 }],
  ];
  for (const answer of answers) {
    const scanner = await busyScanner(FAMILY);
    server['POST /v1/scans/uploads'] = countedAlone;
    server[`PUT /v1/scans/${SCAN}/party`] = () => answer;
    await scanner.pulse();
    const [line] = scanner.standing.results;
    assert.deepEqual([line?.sent, line?.conflict, line?.party], [true, 'party', ALONE]);
    assert.equal(scanner.standing.unsent, 0);
    disk.wipe();
  }
});

test('a party whose correction nobody answers is told again', async () => {
  const scanner = await busyScanner(FAMILY);
  server['POST /v1/scans/uploads'] = countedAlone;
  server[`PUT /v1/scans/${SCAN}/party`] = () => AWAY;
  await scanner.pulse();
  assert.deepEqual([scanner.standing.unsent, scanner.standing.results[0]?.sent], [1, false]);
  server[`PUT /v1/scans/${SCAN}/party`] = (party: Party) => [200, { decision: 'admitted', party }];
  await scanner.pulse();
  const [line] = scanner.standing.results;
  assert.deepEqual([scanner.standing.unsent, line?.sent, line?.conflict, line?.party], [0, true, undefined, FAMILY]);
});

test('two tabs that begin at once seal with one key, and neither loses the other’s scans', async () => {
  const [one, two] = await Promise.all([queueKey(), queueKey()]);
  const line = unsent();
  assert.deepEqual(await unseal(two, await seal(one, line)), line);
  const tab = new Outbox();
  await tab.put(line);
  const next = new Outbox();
  await next.wake();
  assert.deepEqual([next.size, disk.lines('queue').length], [1, 1]);
});
