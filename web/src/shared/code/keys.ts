import type { Key } from '../types.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import type { Bytes } from './bytes.ts';
import { byteString, integer, map } from './cbor.ts';

// P-256 keys, in the forms in which they travel: JWK (RFC 7517), uncompressed points (SEC 1), COSE_Key (RFC 9053 §7.1).

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** What `subtle.sign` and `subtle.verify` do with them (RFC 9053 §2.1); the signature is r ‖ s. */
export const ES256 = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Labels and values of a COSE_Key. */
export const KEY_TYPE = 1;
export const KEY_EC2 = 2;
export const KEY_CURVE = -1;
export const KEY_P256 = 1;
export const KEY_X = -2;
export const KEY_Y = -3;

/** Makes a key whose private half never leaves the browser. The pair can be kept in IndexedDB as it is. */
export function newKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(P256, false, ['sign', 'verify']);
}

/** The public key as the server takes it: with no member that it does not ask for. */
export async function publicJwk(key: CryptoKey): Promise<Key> {
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', key);
  return { kty: 'EC', crv: 'P-256', x, y };
}

/** The SHA-256 thumbprint of RFC 7638, base64url: over the required members alone, in the order of their names. */
export async function jwkThumbprint({ x, y }: Key): Promise<string> {
  const said = new TextEncoder().encode(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }));
  return encodeBase64url(await sha256(said));
}

/** A key's point, uncompressed: 4, x, y. Whether it is on the curve is seen when it is imported. */
export function pointOf({ kty, crv, x, y }: Key): Bytes | undefined {
  const px = decodeBase64url(x);
  const py = decodeBase64url(y);
  if (kty !== 'EC' || crv !== 'P-256' || px?.length !== 32 || py?.length !== 32) return undefined;
  return Uint8Array.from([4, ...px, ...py]);
}

/** The first 4 bytes of the COSE thumbprint, base64url (RFC 9679 §3: y as an uncompressed byte string). */
export async function kidOf(point: Uint8Array): Promise<string> {
  const key = [...map(4), ...integer(KEY_TYPE), ...integer(KEY_EC2), ...integer(KEY_CURVE), ...integer(KEY_P256)];
  key.push(...integer(KEY_X), ...byteString(point.subarray(1, 33)), ...integer(KEY_Y), ...byteString(point.subarray(33)));
  return encodeBase64url((await sha256(Uint8Array.from(key))).subarray(0, 4));
}

/** A key to verify with. It rejects for a point that is not on the curve. */
export function importPoint(point: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', point, P256, true, ['verify']);
}

/** SHA-256. */
export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data));
}
