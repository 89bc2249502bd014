import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeBase45, encodeBase45 } from '../src/shared/code/base45.ts';
import { decodeBase64url, encodeBase64url } from '../src/shared/code/base64url.ts';
import { integer, Malformed, Reader } from '../src/shared/code/cbor.ts';
import { importPoint, jwkThumbprint, kidOf, newKey, pointOf, publicJwk } from '../src/shared/code/keys.ts';
import { decompress } from '../src/shared/code/point.ts';
import { readCode } from '../src/shared/code/read.ts';
import { SeenCredentials } from '../src/shared/code/seen.ts';
import { makeCode, namesKey } from '../src/shared/code/sign.ts';
import { type IssuerKeys, verify } from '../src/shared/code/verify.ts';
import type { Key } from '../src/shared/types.ts';
import { credential, issuer, must } from './issuer.ts';

// Tests run from the root of the repository: that is where their data is read from.

interface Vectors {
  readonly issuers: { readonly keys: readonly Key[] };
  readonly rows: readonly { readonly name: string; readonly text: string; readonly expect: Expect }[];
}

type Expect = { readonly reason: string } | { readonly ok: Readonly<Record<string, string | number>> };

const vectors = JSON.parse(readFileSync('passes/kp1/testdata/vectors.json', 'utf8')) as Vectors;

async function issuerKeys(keys: readonly Key[]): Promise<IssuerKeys> {
  const known = new Map<string, CryptoKey>();
  for (const key of keys) {
    const point = must(pointOf(key));
    assert.equal(await kidOf(point), key.kid);
    known.set(must(key.kid), await importPoint(point));
  }
  return known;
}

test('every vector has its answer', async () => {
  const keys = await issuerKeys(vectors.issuers.keys);
  const seen = new SeenCredentials();
  // Twice: what is remembered changes no answer.
  for (const { name, text, expect } of [...vectors.rows, ...vectors.rows]) {
    const verified = await verify(text, keys, seen);
    const got = verified.ok
      ? (({ kind, children, cti, exp, signedAt, kid }) => ({ ok: { kind, children, cti, exp, signed_at: signedAt, kid } }))(verified.code)
      : { reason: verified.refusal };
    assert.deepEqual(got, expect, name);
  }
  assert.ok(vectors.rows.length > 400);
});

test('what a text is in form is told without any key', () => {
  for (const { name, text, expect } of vectors.rows) {
    const read = readCode(text);
    if ('ok' in expect)
      assert.ok(read.ok && read.code.credential.cti === expect.ok.cti && read.code.signedAt === expect.ok.signed_at, name);
    else if (expect.reason === 'not_a_pass') assert.deepEqual(read, { ok: false, refusal: 'not_a_pass' }, name);
  }
});

test('what a phone signs is a right code', async () => {
  const by = await issuer();
  const phone = await newKey();
  const held = await credential(by, phone.publicKey, 1);
  for (const signedAt of [0, 23, 24, 255, 256, 65_535, 65_536, 1_799_000_000, 2 ** 32, 2 ** 40 - 1]) {
    const code = await makeCode(held, signedAt, phone.privateKey);
    assert.ok(code.length <= 366, 'it fits version 11 of a QR code');
    assert.deepEqual(await verify(code, by.keys), {
      ok: true,
      code: { kind: 1, paper: false, community: false, children: 2, cti: 'AQIDBAUGBwg', exp: 1_800_000_000, signedAt, kid: by.kid },
    });
  }
  for (const wrong of [-1, 0.5, 2 ** 40, Number.NaN]) await assert.rejects(makeCode(held, wrong, phone.privateKey), RangeError);
});

test('a code of another key than its credential names is refused, and a phone can tell before', async () => {
  const by = await issuer();
  const [phone, other] = [await newKey(), await newKey()];
  const held = await credential(by, phone.publicKey, 1);
  assert.deepEqual(await verify(await makeCode(held, 1, other.privateKey), by.keys), { ok: false, refusal: 'bad_signature' });
  assert.equal(namesKey(held, await publicJwk(phone.publicKey)), true);
  assert.equal(namesKey(held, await publicJwk(other.publicKey)), false);
});

test('every change of one character or one byte is refused', async () => {
  const by = await issuer();
  const phone = await newKey();
  const codes = [
    await makeCode(await credential(by, phone.publicKey, 1), 1_799_000_000, phone.privateKey),
    `KPP:${encodeBase45(await credential(by, undefined, 2))}`,
  ];
  for (const [n, code] of codes.entries()) {
    assert.equal((await verify(code, by.keys)).ok, true);
    // Each place is changed in one way; which one depends on the place, so that all ways have their turn.
    for (let i = 0; i < code.length; i++) {
      const other = '0A $:Z9%'.charAt(i % 8) === code.charAt(i) ? '1' : '0A $:Z9%'.charAt(i % 8);
      const changed = code.slice(0, i) + other + code.slice(i + 1);
      assert.equal((await verify(changed, by.keys)).ok, false, `code ${n}, character ${i}`);
    }
    const raw = must(decodeBase45(code.slice(4)));
    for (let i = 0; i < raw.length; i++) {
      const changed = Uint8Array.from(raw);
      changed[i] = must(raw[i]) ^ (1 << (i % 8));
      assert.equal((await verify(code.slice(0, 4) + encodeBase45(changed), by.keys)).ok, false, `code ${n}, byte ${i}`);
    }
  }
});

test('a credential that was seen saves work, for the issuer that made it alone', async () => {
  const [by, later] = [await issuer(), await issuer()];
  const phone = await newKey();
  const held = await credential(by, phone.publicKey, 1);
  const seen = new SeenCredentials(2);
  const show = async (keys: IssuerKeys) => verify(await makeCode(held, 7, phone.privateKey), keys, seen);
  assert.equal((await show(by.keys)).ok, true);
  const read = readCode(await makeCode(held, 7, phone.privateKey));
  assert.ok(read.ok);
  assert.ok(seen.find(read.code.credential.raw, by.pair.publicKey));
  // Another key under the same kid, or none: what was seen proves nothing for it.
  assert.deepEqual(await show(new Map([[by.kid, later.pair.publicKey]])), { ok: false, refusal: 'bad_signature' });
  assert.deepEqual(await show(new Map()), { ok: false, refusal: 'unknown_issuer' });
});

test('what was not seen for long is forgotten', async () => {
  const { publicKey } = await newKey();
  const seen = new SeenCredentials(4);
  const checked = { issuer: publicKey, codeKey: undefined };
  const has = (n: number) => seen.find(Uint8Array.of(n), publicKey) !== undefined;
  for (let n = 0; n < 6; n++) {
    seen.add(Uint8Array.of(n), checked);
    assert.ok(has(0), 'what is asked for stays');
  }
  assert.ok(!has(1));
  assert.ok(has(5));
});

test('base45 as in RFC 9285 §4.3 and §4.4', () => {
  const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  for (const [plain, text] of [
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
    ['', ''],
  ] as const) {
    assert.equal(encodeBase45(ascii(plain)), text);
    assert.deepEqual(decodeBase45(text), ascii(plain));
  }
  for (const wrong of ['GGW', ':::', '::', 'A', 'bb8', 'BB8A', 'BB\u00a0', 'BB😀']) assert.equal(decodeBase45(wrong), undefined, wrong);
});

test('base64url has one spelling', () => {
  for (let n = 0; n < 40; n++) {
    const bytes = crypto.getRandomValues(new Uint8Array(n));
    const text = encodeBase64url(bytes);
    assert.equal(text, Buffer.from(bytes).toString('base64url'));
    assert.deepEqual(decodeBase64url(text), bytes);
  }
  for (const wrong of ['A', 'AB', 'AAB', 'AA==', 'AA\n', 'A+', 'A/', 'Aä', 'AAAAA']) assert.equal(decodeBase64url(wrong), undefined, wrong);
});

test('CBOR is read in its one deterministic form', () => {
  const uint = (...bytes: number[]) => {
    const r = new Reader(Uint8Array.from(bytes));
    const n = r.uint();
    r.end();
    return n;
  };
  for (const n of [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER])
    assert.equal(uint(...integer(n)), n);
  assert.ok(uint(0x1b, 255, 255, 255, 255, 255, 255, 255, 255) > Number.MAX_SAFE_INTEGER);
  for (const wrong of [
    [],
    [0x18],
    [0x18, 23],
    [0x19, 0, 255],
    [0x1a, 0, 0, 255, 255],
    [0x1b, 0, 0, 0, 0, 255, 255, 255, 255],
    [0x1f],
    [0x20],
    [0, 0],
  ]) {
    assert.throws(() => uint(...wrong), Malformed, String(wrong));
  }
});

test('a point is found by x and the sign of y', async () => {
  for (let n = 0; n < 20; n++) {
    const point = must(pointOf(await publicJwk((await newKey()).publicKey)));
    const odd = (must(point[64]) & 1) === 1;
    assert.deepEqual(decompress(point.subarray(1, 33), odd), point);
    assert.notDeepEqual(decompress(point.subarray(1, 33), !odd), point);
  }
  const p = must(decodeBase64url('_____wAAAAEAAAAAAAAAAAAAAAD_______________8'));
  assert.equal(decompress(p, true), undefined, 'x is below p');
  assert.equal(decompress(new Uint8Array(32).fill(255), true), undefined);
  const none = new Uint8Array(32);
  none[31] = 4; // 4³ − 3·4 + b is no square
  assert.equal(decompress(none, false), undefined);
});

test('a thumbprint is that of RFC 7638', async () => {
  // The public key of RFC 7515 appendix A.3; its thumbprint was computed by another implementation.
  const key: Key = {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  };
  assert.equal(await jwkThumbprint({ ...key, kid: 'left out' }), 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U');
  assert.equal(pointOf({ ...key, x: `${key.x}A` }), undefined);
  assert.equal(pointOf({ ...key, crv: 'P-384' as 'P-256' }), undefined);
});
