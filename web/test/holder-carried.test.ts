// What a phone carries, where its disk fails: no empty phone, and no pass without a code.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Carried } from '../src/holder/kept.ts';
import { encodeBase64url } from '../src/shared/code/base64url.ts';
import { newKey } from '../src/shared/code/keys.ts';
import { readCode } from '../src/shared/code/read.ts';
import { put } from '../src/shared/db.ts';
import type { PassOfHolder } from '../src/shared/types.ts';
import { Disk } from './disk.ts';
import { credential, issuer } from './issuer.ts';

const disk = new Disk();
disk.install();

/** A browser that has lost its disk opens none, and lets go of the one that was open. */
let lost = false;
const guard = <A extends unknown[], R>(does: (...given: A) => R) => {
  return (...given: A): R => {
    if (lost) throw new DOMException('the disk cannot be read', 'InvalidStateError');
    return does(...given);
  };
};
const { open } = indexedDB;
indexedDB.open = guard((...given) => {
  const request = open(...given);
  request.result.transaction = guard(request.result.transaction);
  return request;
});

Object.assign(globalThis, { BroadcastChannel: undefined }); // there is one page
const { add, held, reload } = await import('../src/holder/carried.ts');
const { nextCode } = await import('../src/holder/codes.ts');

async function aPass(id: string): Promise<Carried> {
  const [device, key, by] = await Promise.all([newKey(), newKey(), issuer()]);
  const signed = encodeBase64url(await credential(by, key.publicKey, 1));
  const pass = { id, number: '5678901231', children: 2, community: false } as PassOfHolder;
  return { id, device, pass, codes: { key, credential: { credential: signed } } } as Carried;
}

test('a phone that cannot be read is not one without a pass', async () => {
  lost = true;
  await reload();
  assert.deepEqual([held()?.unreadable, held()?.passes], [true, []]);

  lost = false;
  await put('passes', await aPass('one'));
  await add(await aPass('two'));
  assert.deepEqual([held()?.unreadable, held()?.passes.map((c) => c.id)], [false, ['one', 'two']], 'all of it is read then');
});

test('what was read stays when the disk fails later', async () => {
  lost = true;
  await reload();
  assert.deepEqual([held()?.unreadable, held()?.passes.length], [false, 2]);
  lost = false;
  await add(await aPass('later'));
  assert.equal(disk.lines('passes').length, 3, 'the disk is opened anew');
});

const secondOf = (code: string | undefined): number => {
  const read = readCode(code ?? '');
  return read.ok ? read.code.signedAt : assert.fail('no code');
};

test('a phone with no room left shows codes, each later than the last', async () => {
  const pass = await aPass('three');
  await put('passes', pass);
  const kept = secondOf(await nextCode(pass));
  disk.full = true;
  const first = secondOf(await nextCode(pass));
  const second = secondOf(await nextCode(pass));
  assert.ok(kept < first && first < second, `${kept}, ${first}, ${second}`);
  disk.full = false;
  assert.ok(secondOf(await nextCode(pass)) > second, 'what could not be kept still counts');
  assert.equal(await nextCode({ ...pass, id: 'gone' }), undefined, 'a pass that was removed shows none');
});
