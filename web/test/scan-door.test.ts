import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Door, type DoorScanner } from '../src/scan/door.ts';
import type { Result, Unsent } from '../src/scan/kept.ts';
import { Sightings } from '../src/scan/sightings.ts';
import type { Asked } from '../src/shared/api.ts';
import { newKey } from '../src/shared/code/keys.ts';
import { makeCode } from '../src/shared/code/sign.ts';
import { type Bundle, type BundleClaims, readyBundle } from '../src/shared/judge/bundle.ts';
import type { Welcomed } from '../src/shared/judge/memory.ts';
import type { Answer, Decision } from '../src/shared/types.ts';
import { credential, issuer } from './issuer.ts';

/** The party of whoever has booked nothing, where the door tells none. */
const ALONE: Decision['party'] = { children: 0, assistants: 0 };

interface Table {
  readonly bundle: BundleClaims;
  readonly rows: readonly { readonly name: string; readonly code: string; readonly at: string; readonly session: string }[];
}

const table = JSON.parse(readFileSync('passes/testdata/decisions.json', 'utf8')) as Table;
const row = (name: string) => {
  const found = table.rows.find((r) => r.name === name);
  assert.ok(found, name);
  return found;
};
const FRESH = row('a fresh code');
const OLD = row('a picture of an hour ago');

type Server = (asked: Omit<Asked, 'token'>) => Promise<Answer<unknown>>;

const NO_NETWORK: Answer<never> = { ok: false, problem: { status: 0, code: 'no_network' } };
const yes = (body: unknown): Answer<Decision> => {
  const { scan_id, party = ALONE } = body as { scan_id: string; party?: Decision['party'] };
  return { ok: true, value: { scan_id, decision: 'admitted', party, at: FRESH.at, welcome: 2 } };
};
const no =
  (reason: NonNullable<Decision['reason']>, more: Partial<Decision> = {}) =>
  (body: unknown): Answer<Decision> => {
    const { scan_id, party = ALONE } = body as { scan_id: string; party?: Decision['party'] };
    return { ok: true, value: { scan_id, decision: 'refused', reason, party, at: FRESH.at, welcome: 0, ...more } };
  };

/** A scanner in memory: what the phone would keep, and a server that answers as it is told. */
class House implements DoorScanner {
  reachable = true;
  readonly notes: boolean[] = [];
  readonly queue = new Map<string, Unsent>();
  readonly held = new Set<string>();
  readonly asked: Omit<Asked, 'token'>[] = [];
  welcomed: readonly Welcomed[] = [];
  results: Result[] = [];
  pulses = 0;
  readonly #bundle: Bundle;
  readonly #server: Server;

  constructor(bundle: Bundle, server: Server) {
    this.#bundle = bundle;
    this.#server = server;
  }

  get standing() {
    return {
      ...{ enrolment: undefined, bundle: this.#bundle, today: undefined, choice: undefined, online: true, heard: undefined },
      ...{
        settings: { keepShowing: false, sound: false, camera: true },
        results: this.results,
        unsent: this.queue.size,
        untold: this.queue.size,
      },
    };
  }

  readonly outbox = {
    hold: (id: string) => void this.held.add(id),
    release: (id: string) => void this.held.delete(id),
    get: (id: string) => this.queue.get(id),
  };

  ask: DoorScanner['ask'] = async <T>(asked: Omit<Asked, 'token'>): Promise<Answer<T>> => {
    this.asked.push(asked);
    return (await this.#server(asked)) as Answer<T>;
  };
  note(answered: boolean) {
    this.notes.push(answered);
  }
  async enqueue(unsent: Unsent) {
    this.queue.set(unsent.upload.scan_id, unsent);
  }
  async unqueue(id: string) {
    this.queue.delete(id);
  }
  async remember(w: Welcomed | undefined) {
    if (w) this.welcomed = [...this.welcomed, w];
  }
  async forgetWelcome(id: string) {
    this.welcomed = this.welcomed.filter((w) => w.scan_id !== id);
  }
  async record(result: Result) {
    this.results = [result, ...this.results.filter((r) => r.id !== result.id)];
  }
  async change(id: string, change: Partial<Result>) {
    const known = this.results.find((r) => r.id === id);
    if (known) await this.record({ ...known, ...change });
  }
  async pulse() {
    this.pulses++;
  }
}

const bundleAt = (at: string) => readyBundle({ ...table.bundle, iat: Date.parse(at) / 1000 - 3600, offline: true });

/** A door of the table's first session; `wait` is the deadline, ended by hand. */
async function door(server: Server, session = FRESH.session) {
  const house = new House(await bundleAt(FRESH.at), server);
  const time = { now: Date.parse(FRESH.at) };
  let deadline: () => void = () => undefined;
  const sleep = () => new Promise<void>((done) => (deadline = done));
  const at = new Door({ id: session, title: { fi: 'Näytelmä' } }, house, { now: () => time.now, sleep }, () => undefined);
  const result = () => (at.showing.kind === 'result' ? at.showing.result : undefined);
  return { house, time, door: at, result, late: () => deadline() };
}

const soon = () => new Promise<void>((done) => setTimeout(done, 20));

test('the server’s answer in time is what is shown, and it is remembered', async () => {
  const d = await door(async ({ body }) => yes(body));
  await d.door.seen(FRESH.code);
  assert.equal(d.result()?.decision.decision, 'admitted');
  assert.equal(d.result()?.decision.marks, undefined);
  assert.equal(d.house.queue.size, 0);
  assert.equal(d.house.welcomed.length, 1);
  assert.deepEqual(
    d.house.results.map((r) => [r.shown, r.sent]),
    [['welcome', true]],
  );
});

test('without a network it decides alone, in amber, and what was shown waits to be told', async () => {
  const d = await door(async () => NO_NETWORK);
  d.house.reachable = false;
  await d.door.seen(FRESH.code);
  assert.deepEqual(d.result()?.decision.marks, ['offline']);
  assert.equal(d.house.asked.length, 0, 'nobody waits for a server that is known to be away');
  const [unsent] = [...d.house.queue.values()];
  assert.equal(unsent?.upload.shown, 'welcome');
  assert.equal(unsent?.upload.code, FRESH.code);
  assert.equal(d.house.results[0]?.sent, false);
});

test('after the deadline the own verdict is shown under the same scan id, and a late no does not flip it', async () => {
  let answer: (a: Answer<Decision>) => void = () => undefined;
  let body: unknown;
  const d = await door((asked) => {
    body = asked.body;
    return new Promise((done) => (answer = done as typeof answer));
  });
  const seen = d.door.seen(FRESH.code);
  await soon();
  assert.equal(d.door.showing.kind, 'checking');
  d.late();
  await seen;
  const shown = d.result();
  assert.deepEqual(shown?.decision.marks, ['offline']);
  const { scan_id } = body as { scan_id: string };
  assert.ok(d.house.queue.has(scan_id) && d.house.held.has(scan_id), 'it waits for its own question');
  assert.deepEqual(d.house.notes, [false]);
  answer(no('already_admitted')(body));
  await soon();
  assert.equal(d.result(), shown);
  assert.ok(d.house.queue.has(scan_id), 'the upload tells what was shown');
  assert.equal(d.house.held.size, 0);
  assert.equal(d.house.pulses, 1);
});

test('a late yes settles a welcome, and replaces a refusal that is still on the screen', async () => {
  for (const [code, session] of [
    [FRESH.code, FRESH.session],
    [row('an issuer that nobody knows').code, row('an issuer that nobody knows').session],
  ] as const) {
    let answer: (a: Answer<Decision>) => void = () => undefined;
    let body: unknown;
    const d = await door((asked) => {
      body = asked.body;
      return new Promise((done) => (answer = done as typeof answer));
    }, session);
    const seen = d.door.seen(code);
    await soon();
    d.late();
    await seen;
    answer(yes(body));
    await soon();
    assert.equal(d.result()?.decision.decision, 'admitted');
    assert.equal(d.house.queue.size, 0);
    assert.equal(d.house.results[0]?.sent, true);
  }
});

test('a late yes for a refusal that has left the screen is for the server to take back', async () => {
  const unknown = row('an issuer that nobody knows');
  let answer: (a: Answer<Decision>) => void = () => undefined;
  let body: unknown;
  const d = await door((asked) => {
    body = asked.body;
    return new Promise((done) => (answer = done as typeof answer));
  }, unknown.session);
  const seen = d.door.seen(unknown.code);
  await soon();
  d.late();
  await seen;
  assert.equal(d.result()?.decision.reason, 'needs_network');
  d.door.next();
  answer(yes(body));
  await soon();
  assert.equal(d.door.showing.kind, 'nothing');
  assert.equal([...d.house.queue.values()][0]?.upload.shown, 'refused');
});

test('other codes are grey, asked of nobody and kept nowhere', async () => {
  const d = await door(async ({ body }) => yes(body));
  await d.door.seen('https://example.fi/ticket');
  assert.equal(d.result()?.decision.reason, 'not_a_pass');
  assert.equal(d.house.asked.length + d.house.results.length + d.house.queue.size, 0);
  await d.door.seen('KAIKU-PRACTICE:WELCOME');
  assert.equal(d.result()?.practice, true);
});

test('a scanner that was removed shows nothing, and a session that is gone says so', async () => {
  const ended = await door(async () => ({ ok: false, problem: { status: 401, code: 'scanner_ended' } }));
  await ended.door.seen(FRESH.code);
  assert.equal(ended.door.showing.kind, 'nothing');
  assert.equal(ended.house.queue.size, 0);
  const gone = await door(async () => ({ ok: false, problem: { status: 404, code: 'no_such_session' } }));
  await gone.door.seen(FRESH.code);
  assert.equal(gone.door.showing.kind, 'trouble');
});

test('the same card is silent while it is held there; a refused one may come again with a new code', async () => {
  const by = await issuer();
  const pair = await newKey();
  const paper = await credential(by, pair.publicKey, 1);
  const [one, two] = [await makeCode(paper, 1_763_000_000, pair.privateKey), await makeCode(paper, 1_763_000_020, pair.privateKey)];
  const refused = new Sightings();
  assert.equal(refused.fresh(one, 0), true);
  assert.equal(refused.fresh(one, 4000), false);
  assert.equal(refused.fresh(two, 4500), true, 'a new code of a refused card is judged');
  assert.equal(refused.fresh(one, 8900), false, 'it was seen a moment ago');
  assert.equal(refused.fresh(one, 14_000), true);
  const welcomed = new Sightings();
  welcomed.fresh(one, 0);
  welcomed.welcomed(one, 100);
  assert.equal(welcomed.fresh(two, 5000), false, 'a card that was welcomed is silent, whatever it shows');
  assert.equal(welcomed.fresh(two, 9900), false);
  assert.equal(welcomed.fresh(two, 15_000), true);
});

test('an old picture is stale, and a second fresh code that is equally late is a slow clock', async () => {
  const d = await door(async ({ body }) => no('stale_code')(body), OLD.session);
  await d.door.seen(OLD.code);
  assert.equal(d.result()?.decision.reason, 'stale_code');
  d.time.now += 20_000;
  await d.door.seen(OLD.code);
  assert.equal(d.result()?.decision.reason, 'stale_code', 'the same picture has only grown older');

  const by = await issuer();
  const pair = await newKey();
  const slow = await credential(by, pair.publicKey, 1);
  const late = async (seconds: number) => makeCode(slow, Math.floor(d.time.now / 1000) - seconds, pair.privateKey);
  await d.door.seen(await late(300));
  assert.equal(d.result()?.decision.reason, 'stale_code');
  d.time.now += 20_000;
  await d.door.seen(await late(301));
  assert.equal(d.result()?.decision.reason, 'wrong_clock');
});

test('people are added to the scan that let them in, and a question is answered with who may come', async () => {
  const asked: unknown[] = [];
  const d = await door(async ({ method, body }) => {
    if (method !== 'PUT') return yes(body);
    asked.push(body);
    const { children } = body as { children: number };
    const answer = { scan_id: 'x', party: { children, assistants: 0 } };
    return children > 2 ? no('too_many_children', { welcome: 2 })(answer) : yes(answer);
  });
  await d.door.seen(FRESH.code);
  const shown = d.result();
  assert.ok(shown);
  await d.door.correct(shown.scan, { children: 3, assistants: 0 });
  assert.equal(d.result()?.question?.reason, 'too_many_children');
  assert.equal(d.result()?.party.children, 0, 'what cannot be is taken back');
  const question = d.result();
  assert.ok(question);
  await d.door.welcomeThose(question);
  assert.equal(d.result()?.party.children, 2);
  assert.equal(d.house.results[0]?.party.children, 2);
  assert.deepEqual(
    asked.map((b) => (b as { children: number }).children),
    [3, 2],
  );
});

test('a scan that the server does not know yet is corrected and taken back here', async () => {
  const d = await door(async () => NO_NETWORK);
  d.house.reachable = false;
  await d.door.seen(FRESH.code);
  const shown = d.result();
  assert.ok(shown);
  await d.door.correct(shown.scan, { children: 1, assistants: 1 });
  assert.deepEqual(d.house.queue.get(shown.scan)?.upload.party, { children: 1, assistants: 1 });
  await d.door.undo(shown);
  assert.equal(d.result()?.decision.decision, 'undone');
  assert.equal(d.house.queue.get(shown.scan)?.undone, 'ask');
  assert.equal(d.house.welcomed.length, 0);
  assert.equal(d.house.asked.length, 0);
});

test('what the server admitted is taken back there, and later if nobody answers', async () => {
  const away = await door(async ({ method, body }) => (method === 'POST' ? yes(body) : NO_NETWORK));
  await away.door.seen(FRESH.code);
  const shown = away.result();
  assert.ok(shown);
  await away.door.undo(shown);
  assert.equal(away.result()?.decision.decision, 'undone');
  assert.equal(away.house.queue.get(shown.scan)?.undone, 'ask');
  assert.equal(away.house.results[0]?.undone, true);

  const late = await door(async ({ method, body }) =>
    method === 'POST' ? yes(body) : { ok: false, problem: { status: 409, code: 'too_late' } },
  );
  await late.door.seen(FRESH.code);
  const old = late.result();
  assert.ok(old);
  await late.door.undo(old);
  assert.equal(late.result()?.problem?.code, 'too_late');
  assert.equal(late.result()?.decision.decision, 'admitted');
});

test('a card that comes back is told when it came, and by whom people can be added', async () => {
  const d = await door(async () => NO_NETWORK);
  d.house.reachable = false;
  await d.door.seen(FRESH.code);
  const first = d.result();
  d.door.next();
  d.time.now += 6000;
  await d.door.seen(FRESH.code);
  assert.equal(d.result()?.decision.reason, 'already_admitted');
  assert.equal(d.result()?.earlier, first?.scan);
});

test('a typed number that names nothing is said at the field; asked again after a lost answer it is the same scan', async () => {
  const answers: ((body: unknown) => Answer<unknown>)[] = [() => NO_NETWORK, no('not_a_pass'), yes];
  const d = await door(async ({ body }) => answers.shift()?.(body) ?? NO_NETWORK);
  assert.deepEqual(await d.door.typed('8001234567'), { status: 0, code: 'no_network' });
  assert.equal(await d.door.typed('8001234567'), 'unknown');
  const [one, two] = d.house.asked.map((a) => (a.body as { scan_id: string }).scan_id);
  assert.equal(one, two);
  assert.equal(await d.door.typed('50000000'), 'shown');
  assert.equal(d.house.queue.size, 0, 'a typed number is kept nowhere');
  assert.equal(d.house.welcomed.length, 0);
});
