import type { Key } from '../types.ts';
import { encodeBase45 } from './base45.ts';
import { latin1 } from './bytes.ts';
import { array, boolean, byteString, integer } from './cbor.ts';
import { CODE_AAD, codeHeader, toBeSigned, writeSign1 } from './cose.ts';
import { ES256, KEY_X, KEY_Y, pointOf } from './keys.ts';

// What a phone shows. This side knows nothing of reading: the page of the pass has to be small.

/** Times in a code stay below it, so that every language reads them exactly. */
const TIME_LIMIT = 2 ** 40;

/**
 * Makes the text that a phone shows: the credential and the moment, signed by the code key that the credential names.
 *
 * `credential` is as the server gave it (its base64url decoded), `signedAt` whole Unix seconds by the corrected clock. Whether `key` is
 * the credential's own is not asked here; `namesKey` tells it once.
 */
export async function makeCode(credential: Uint8Array, signedAt: number, key: CryptoKey): Promise<string> {
  if (!Number.isInteger(signedAt) || signedAt < 0 || signedAt >= TIME_LIMIT) throw new RangeError('signedAt is no time');
  const header = codeHeader();
  const payload = [...array(2), ...byteString(credential), ...integer(signedAt)];
  const signature = await crypto.subtle.sign(ES256, key, toBeSigned(header, CODE_AAD, payload));
  return `KP1:${encodeBase45(writeSign1(header, payload, new Uint8Array(signature)))}`;
}

/** Whether a credential names this code key: finds a phone that kept the key of another one before a door does. */
export function namesKey(credential: Uint8Array, jwk: Key): boolean {
  const point = pointOf(jwk);
  if (!point) return false;
  const odd = ((point[64] ?? 0) & 1) === 1;
  const named = [...integer(KEY_X), ...byteString(point.subarray(1, 33)), ...integer(KEY_Y), ...boolean(odd)];
  return latin1(credential).includes(latin1(named));
}
