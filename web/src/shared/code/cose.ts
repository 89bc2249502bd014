import { type Bytes, bigEndian } from './bytes.ts';
import { array, asciiString, byteString, integer, map, Reader } from './cbor.ts';

// COSE_Sign1 without a tag and with an empty unprotected map (RFC 9052 §4.2), signed with ES256 (RFC 9053 §2.1).

/** Header labels and values (RFC 9052 §3.1, RFC 9053 §2.1). */
export const HEADER_ALG = 1;
export const HEADER_KID = 4;
export const ALG_ES256 = -7;

/** The protected header of a code: {1: -7}. */
export const codeHeader = (): number[] => [...map(1), ...integer(HEADER_ALG), ...integer(ALG_ES256)];

/** External AAD (RFC 9052 §4.3) of a code's signature, so that it can never pass for the issuer's, which has none. */
export const CODE_AAD: readonly number[] = [0x4b, 0x50, 0x31]; // KP1
export const ISSUER_AAD: readonly number[] = [];

/** ES256 signs with r ‖ s. */
const SIGNATURE_SIZE = 64;

/** A COSE_Sign1, its parts as they were received: what was signed is never encoded again. */
export interface Sign1 {
  readonly protectedHeader: Bytes;
  readonly payload: Bytes;
  readonly signature: Bytes;
}

/** Writes a COSE_Sign1. */
export function writeSign1(protectedHeader: ArrayLike<number>, payload: ArrayLike<number>, signature: ArrayLike<number>): Bytes {
  return Uint8Array.from([...array(4), ...byteString(protectedHeader), ...map(0), ...byteString(payload), ...byteString(signature)]);
}

/** Reads the frame alone; what its parts may hold is for the caller. Throws `Malformed`. */
export function readSign1(data: Bytes): Sign1 {
  const r = new Reader(data);
  r.array(4);
  const protectedHeader = r.bytes();
  r.map(0);
  const payload = r.bytes();
  const signature = r.bytes(SIGNATURE_SIZE);
  r.end();
  return { protectedHeader, payload, signature };
}

/** The Sig_structure of RFC 9052 §4.4, which is what a key signs. */
export function toBeSigned(protectedHeader: ArrayLike<number>, externalAad: ArrayLike<number>, payload: ArrayLike<number>): Bytes {
  return Uint8Array.from([
    ...array(4),
    ...asciiString('Signature1'),
    ...byteString(protectedHeader),
    ...byteString(externalAad),
    ...byteString(payload),
  ]);
}

/** The order of P-256 (SEC 2 §2.4.2), which r and s stay below. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Whether a signature could be anybody's: neither r nor s is 0 or at least the order. */
export function signatureInRange(signature: Bytes): boolean {
  const inRange = (scalar: bigint) => scalar > 0n && scalar < ORDER;
  return inRange(bigEndian(signature.subarray(0, 32))) && inRange(bigEndian(signature.subarray(32)));
}
