import assert from 'node:assert/strict';
import { decodeBase64url } from '../src/shared/code/base64url.ts';
import type { Bytes } from '../src/shared/code/bytes.ts';
import { array, boolean, byteString, integer, map } from '../src/shared/code/cbor.ts';
import { ISSUER_AAD, toBeSigned, writeSign1 } from '../src/shared/code/cose.ts';
import { ES256, kidOf, newKey, pointOf, publicJwk } from '../src/shared/code/keys.ts';
import type { IssuerKeys } from '../src/shared/code/verify.ts';

// An issuer of the tests' own: what the server does, so that tests can make credentials.

export interface Issuer {
  readonly pair: CryptoKeyPair;
  readonly kid: string;
  readonly keys: IssuerKeys;
}

/** A value that has to be there. */
export function must<T>(value: T | undefined): T {
  assert.notEqual(value, undefined);
  return value as T;
}

export async function issuer(): Promise<Issuer> {
  const pair = await newKey();
  const kid = await kidOf(must(pointOf(await publicJwk(pair.publicKey))));
  return { pair, kid, keys: new Map([[kid, pair.publicKey]]) };
}

export const EXP = 1_800_000_000;
export const CTI = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** A credential, for a phone's code key or, without one, for paper. */
export async function credential(by: Issuer, codeKey: CryptoKey | undefined, kind: number, children = 2): Promise<Bytes> {
  const header = [...map(2), ...integer(1), ...integer(-7), ...integer(4), ...byteString(must(decodeBase64url(by.kid)))];
  const claims = [...map(codeKey ? 4 : 3), ...integer(4), ...integer(EXP), ...integer(7), ...byteString(CTI)];
  if (codeKey) {
    const point = must(pointOf(await publicJwk(codeKey)));
    claims.push(...integer(8), ...map(1), ...integer(1), ...map(4), ...integer(1), ...integer(2), ...integer(-1), ...integer(1));
    claims.push(...integer(-2), ...byteString(point.subarray(1, 33)), ...integer(-3), ...boolean((must(point[64]) & 1) === 1));
  }
  claims.push(...integer(-70001), ...array(2), ...integer(kind), ...integer(children));
  const signature = await crypto.subtle.sign(ES256, by.pair.privateKey, toBeSigned(header, ISSUER_AAD, claims));
  return writeSign1(header, claims, new Uint8Array(signature));
}
