import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodeBase64url } from '../src/shared/code/base64url.ts';
import { ES256, kidOf, newKey, pointOf, publicJwk } from '../src/shared/code/keys.ts';
import { makeCode } from '../src/shared/code/sign.ts';
import {
  type BundleClaims,
  type BundleKey,
  bundleKeyOf,
  bundleState,
  isReserved,
  nextTrusted,
  openBundle,
  readyBundle,
} from '../src/shared/judge/bundle.ts';
import { judgeOffline } from '../src/shared/judge/judge.ts';
import { stillNeeded, type Welcomed, welcomedOnline } from '../src/shared/judge/memory.ts';
import { Packed } from '../src/shared/judge/packed.ts';
import type { Decision, Mark, Party, Reason } from '../src/shared/types.ts';
import { CTI, credential, issuer, must } from './issuer.ts';

// Tests run from the root of the repository: that is where their data is read from.

interface Table {
  readonly bundle: BundleClaims;
  readonly rows: readonly Row[];
}

interface Step {
  readonly code: string;
  readonly at: string;
  readonly session: string;
}

interface Row extends Step {
  readonly name: string;
  readonly party: Party;
  readonly before?: readonly Step[];
  readonly bundle_age: number;
  readonly offline_not_allowed?: boolean;
  readonly offline: {
    readonly decision: Decision['decision'];
    readonly reason?: Reason;
    readonly marks?: Mark[];
    readonly welcome?: number;
  };
}

const table = JSON.parse(readFileSync('passes/testdata/decisions.json', 'utf8')) as Table;
const NOBODY: Party = { children: 0, assistants: 0 };

/** The bundle of the table, as old and as permissive as a row wants it. */
const bundleOf = (row: Row, change: Partial<BundleClaims> = {}) =>
  readyBundle({ ...table.bundle, iat: Date.parse(row.at) / 1000 - row.bundle_age, offline: !row.offline_not_allowed, ...change });

async function decide(row: Row, change: Partial<BundleClaims> = {}): Promise<{ decision: Decision }> {
  const bundle = await bundleOf(row, change);
  const memory: Welcomed[] = [];
  for (const [n, step] of (row.before ?? []).entries()) {
    const scan = { scan_id: `before-${n}`, session: step.session, code: step.code, party: NOBODY, at: Date.parse(step.at) };
    const { remember } = await judgeOffline(bundle, scan, memory);
    if (remember) memory.push(remember);
  }
  const scan = { scan_id: 'this', session: row.session, code: row.code, party: row.party, at: Date.parse(row.at) };
  const { decision, remember } = await judgeOffline(bundle, scan, memory);
  assert.equal(remember !== undefined, decision.decision === 'admitted', row.name);
  return { decision };
}

test('every row of the table is decided as the server would without a network', async () => {
  for (const row of table.rows) {
    const { decision } = await decide(row);
    const { decision: outcome, reason, marks } = decision;
    assert.deepEqual(
      { decision: outcome, reason, marks },
      { reason: undefined, marks: undefined, ...without(row.offline, 'welcome') },
      row.name,
    );
    if (row.offline.welcome !== undefined) assert.equal(decision.welcome, row.offline.welcome, row.name);
    assert.equal(decision.scan_id, 'this');
    assert.equal(decision.party, row.party);
    assert.equal(Date.parse(decision.at), Date.parse(row.at));
  }
});

function without<T extends object, K extends keyof T>(whole: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = whole;
  return rest;
}

test('the table uses every reason and mark that a door can give without a network', () => {
  // Record: a reason or mark that the API gets has to be put in one of the two lists, or this does not compile.
  const reasons: Record<Reason, 'offline' | 'online'> = {
    not_a_pass: 'offline',
    bad_signature: 'offline',
    wrong_clock: 'offline',
    stale_code: 'offline',
    not_in_use: 'offline',
    expired: 'offline',
    wrong_area: 'offline',
    needs_network: 'offline',
    not_today: 'offline',
    already_admitted: 'offline',
    other_session: 'online',
    limit_reached: 'offline',
    too_many_children: 'offline',
    reservation_needed: 'online',
    no_seats: 'online',
  };
  const marks: Record<Mark, 'offline' | 'online'> = {
    check_id: 'offline',
    in_grace: 'online',
    clock_off: 'offline',
    offline: 'offline',
    bundle_old: 'offline',
    on_course: 'offline',
    over_seats: 'online',
  };
  const used = new Set<string>(table.rows.flatMap(({ offline }) => [offline.reason ?? '', ...(offline.marks ?? [])]));
  for (const [name, where] of Object.entries({ ...reasons, ...marks })) assert.equal(used.has(name), where === 'offline', name);
  assert.ok(table.rows.length >= 60);
});

const rowCalled = (name: string): Row => {
  const row = table.rows.find((r) => r.name === name);
  assert.ok(row, name);
  return row;
};

test('a decision carries what its words need', async () => {
  const early = await decide(rowCalled('the door opens three hours before'));
  assert.equal(early.decision.opens, '2026-11-23T16:30:01.000Z');
  const over = await decide(rowCalled('an hour after its end it is over'));
  assert.ok(!('opens' in over.decision));
  const inside = await decide(rowCalled('a later code of a pass that is inside'));
  assert.equal(inside.decision.first_at, '2026-11-23T16:29:20.000Z');
  const often = await decide(rowCalled('a swimming hall, the third of two times'));
  assert.deepEqual(often.decision.limit, { times: 2 });
  const seats = await decide(rowCalled('more seats than a pass may take'));
  assert.deepEqual(seats.decision.limit, { times: 2 });
  const group = await decide(rowCalled('a group with a community pass'));
  assert.equal(group.decision.group, true);
  assert.equal(group.decision.welcome, 15);
  const family = await decide(rowCalled('a family'));
  assert.ok(!('group' in family.decision));
  assert.equal(family.decision.welcome, 2);
});

test('the very code twice is no second use, also where two are allowed and when midnight lies between', async () => {
  const twice = rowCalled('a swimming hall, the second of two times');
  assert.equal((await decide({ ...twice, before: [twice] })).decision.reason, 'already_admitted');
  const row = rowCalled('a museum once a day');
  const at = Date.parse(row.at);
  const yesterday = must(welcomedOnline({ scan_id: 'a', session: row.session, code: row.code, at: at - 24 * 3600 * 1000 }));
  const scan = { scan_id: 'b', session: row.session, code: row.code, party: NOBODY, at };
  assert.equal((await judgeOffline(await bundleOf(row), scan, [yesterday])).decision.reason, 'already_admitted');
  const other = { ...yesterday, signed_at: yesterday.signed_at - 24 * 3600 };
  assert.equal((await judgeOffline(await bundleOf(row), scan, [other])).decision.decision, 'admitted', 'a new day, a new visit');
});

test('a code that names no moment is as stale as any old one', async () => {
  // Threat: a phone that signs 0 would make one picture that is good at every door until the credential ends.
  const [by, phone] = [await issuer(), await newKey()];
  const key = { kid: by.kid, point: encodeBase64url(must(pointOf(await publicJwk(by.pair.publicKey)))) };
  const row = rowCalled('a fresh code');
  const code = await makeCode(await credential(by, phone.publicKey, 1), 0, phone.privateKey);
  const { decision } = await decide({ ...row, code }, { keys: [key], accepts: [by.kid] });
  assert.equal(decision.reason, 'stale_code');
});

test('a welcome that the server gave is remembered when the network is gone; a wrong text is not', async () => {
  const row = rowCalled('a fresh code');
  const shown = { scan_id: 'online', session: row.session, code: row.code, at: Date.parse(row.at) - 20_000 };
  const welcomed = welcomedOnline(shown);
  assert.ok(welcomed);
  const { decision } = await judgeOffline(await bundleOf(row), { ...shown, scan_id: 'x', party: NOBODY, at: Date.parse(row.at) }, [
    welcomed,
  ]);
  assert.equal(decision.reason, 'already_admitted');
  assert.equal(welcomedOnline({ ...shown, code: 'KP9:ABC' }), undefined);
  assert.equal(welcomedOnline({ ...shown, code: '56789012' }), undefined);
  assert.ok(!JSON.stringify(welcomed).includes(row.code.slice(4, 40)), 'never a code');
});

test('what can decide nothing any more is forgotten', () => {
  const day = 24 * 3600 * 1000;
  const welcomed = { scan_id: 'a', cti: 'AAAAAAAAAAA', signed_at: 0, session: 's', at: 0 };
  assert.deepEqual(stillNeeded([welcomed], 13 * day), [welcomed]);
  assert.deepEqual(stillNeeded([welcomed], 14 * day), []);
});

// Bundles as tokens, signed by a key of the tests' own.

interface Signer {
  readonly pair: CryptoKeyPair;
  readonly key: BundleKey;
}

async function signer(): Promise<Signer> {
  const pair = await newKey();
  const jwk = await publicJwk(pair.publicKey);
  const point = pointOf(jwk);
  assert.ok(point);
  const key = bundleKeyOf({ ...jwk, kid: await kidOf(point) });
  assert.ok(key);
  return { pair, key };
}

const json = (value: unknown) => encodeBase64url(new TextEncoder().encode(JSON.stringify(value)));

async function token(by: Signer, claims: unknown, header: Record<string, unknown> = {}): Promise<string> {
  const covered = `${json({ alg: 'ES256', typ: 'venue-bundle+jwt', kid: by.key.kid, ...header })}.${json(claims)}`;
  const signature = await crypto.subtle.sign(ES256, by.pair.privateKey, new TextEncoder().encode(covered));
  return `${covered}.${encodeBase64url(new Uint8Array(signature))}`;
}

test('a bundle is opened for its scanner, with a key that is trusted, and tells the next key', async () => {
  const [by, next] = [await signer(), await signer()];
  const opened = await openBundle(await token(by, { ...table.bundle, next_key: next.key }), 'scanner', [by.key]);
  assert.ok(opened.ok);
  const { bundle } = opened;
  assert.equal(bundle.issued, table.bundle.iat);
  assert.equal(bundle.venueName.fi, 'Teatteri');
  assert.equal(bundle.places.size, table.bundle.places?.length);
  assert.deepEqual(nextTrusted([by.key], bundle), [by.key, next.key]);
  assert.deepEqual(nextTrusted([by.key, next.key], bundle), [by.key, next.key]);
  const later = await openBundle(await token(next, table.bundle), 'scanner', nextTrusted([by.key], bundle));
  assert.ok(later.ok);
});

test('empty lists are written as null, and there may be no next key', async () => {
  const by = await signer();
  const empty = { ...table.bundle, keys: null, accepts: null, revoked: '', places: null, venue_name: null };
  const opened = await openBundle(await token(by, { ...empty, next_key: { kid: 'AAAAAA', point: '' } }), 'scanner', [by.key]);
  assert.ok(opened.ok);
  assert.equal(opened.bundle.nextKey, undefined);
  assert.equal(opened.bundle.revoked.size, 0);
  assert.deepEqual(nextTrusted([by.key], opened.bundle), [by.key]);
});

test('what is no bundle for this scanner is told apart', async () => {
  const [by, other] = [await signer(), await signer()];
  const good = await token(by, table.bundle);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const cases: [name: string, token: string, problem: string][] = [
    ['nothing', '', 'malformed'],
    ['two parts', `${header}.${payload}`, 'malformed'],
    ['four parts', `${good}.AAAA`, 'malformed'],
    ['no base64url', `${header}.${payload}=.${signature}`, 'malformed'],
    ['a header that is no JSON', `AAAA.${payload}.${signature}`, 'malformed'],
    ['a header that is null', `${json(null)}.${payload}.${signature}`, 'malformed'],
    ['an access token', await token(by, table.bundle, { typ: 'at+jwt' }), 'malformed'],
    ['no typ', await token(by, table.bundle, { typ: undefined }), 'malformed'],
    ['no algorithm', `${json({ alg: 'none', typ: 'venue-bundle+jwt', kid: by.key.kid })}.${payload}.`, 'malformed'],
    ['another algorithm', await token(by, table.bundle, { alg: 'HS256' }), 'malformed'],
    ['a critical extension', await token(by, table.bundle, { crit: ['b64'], b64: false }), 'malformed'],
    ['a key that is not trusted', await token(other, table.bundle), 'untrusted'],
    ['no kid', await token(by, table.bundle, { kid: undefined }), 'untrusted'],
    ["another key under a trusted key's kid", await token(other, table.bundle, { kid: by.key.kid }), 'bad_signature'],
    ['no signature', `${header}.${payload}.`, 'bad_signature'],
    ['another payload', `${header}.${json({ ...table.bundle, revoked: '' })}.${signature}`, 'bad_signature'],
    ['another scanner', await token(by, { ...table.bundle, scanner: 'other' }), 'other_scanner'],
    ['claims that are no object', await token(by, 'bundle'), 'other_scanner'],
    ['a list that is cut', await token(by, { ...table.bundle, revoked: 'AAAA' }), 'malformed'],
    ['no list', await token(by, { ...table.bundle, revoked: null }), 'malformed'],
    [
      'an issuer key off the curve',
      await token(by, { ...table.bundle, keys: [{ kid: 'AAAAAA', point: `B${'A'.repeat(86)}` }] }),
      'malformed',
    ],
  ];
  for (const [name, text, problem] of cases) assert.deepEqual(await openBundle(text, 'scanner', [by.key]), { ok: false, problem }, name);
});

test('a bundle is fresh for a day and usable for a week', async () => {
  const bundle = await readyBundle(table.bundle);
  const after = (hours: number, more = 0) => bundleState(bundle, (table.bundle.iat + hours * 3600) * 1000 + more);
  assert.equal(after(24), 'fresh');
  assert.equal(after(24, 1), 'old');
  assert.equal(after(168), 'old');
  assert.equal(after(168, 1), 'unusable');
  assert.equal(after(Number.NaN), 'unusable');
});

test('a reservation is found by the cti that is shown', async () => {
  const hash = createHash('sha256').update('session-ä').update(CTI).digest().subarray(0, 8).toString('base64url');
  const [place] = table.bundle.places ?? [];
  assert.ok(place);
  const bundle = await readyBundle({ ...table.bundle, places: [{ ...place, id: 'session-ä', reserved: hash }, place] });
  assert.equal(await isReserved(bundle, 'session-ä', encodeBase64url(CTI)), true);
  assert.equal(await isReserved(bundle, 'session-ä', 'AAAAAAAAAAA'), false);
  assert.equal(await isReserved(bundle, place.id, encodeBase64url(CTI)), false);
  assert.equal(await isReserved(bundle, 'no-such-session', encodeBase64url(CTI)), false);
});

test('a packed list finds each of its values and none between', () => {
  const values = Array.from({ length: 500 }, (_, n) => Uint8Array.of(n >> 7, 0, 0, 0, 0, 0, (n & 127) * 2, 255));
  const packed = new Packed(Uint8Array.from(values.flatMap((v) => [...v])));
  assert.equal(packed.size, 500);
  for (const value of values) {
    assert.ok(packed.has(value));
    assert.ok(!packed.has(value.map((byte, i) => (i === 6 ? byte + 1 : byte))));
  }
  assert.ok(!new Packed(new Uint8Array()).has(new Uint8Array(8)));
  assert.throws(() => new Packed(new Uint8Array(9)), TypeError);
});
