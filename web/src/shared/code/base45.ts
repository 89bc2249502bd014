import type { Bytes } from './bytes.ts';

// base45 (RFC 9285): the 45 characters that a QR code packs into 5½ bits each.

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Writes two bytes in three characters and a last single one in two, smallest digit first (RFC 9285 §4). */
export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length;
    let n = pair ? (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0) : (bytes[i] ?? 0);
    for (let digits = pair ? 3 : 2; digits > 0; digits--) {
      text += ALPHABET.charAt(n % 45);
      n = Math.floor(n / 45);
    }
  }
  return text;
}

/** Reads what `encodeBase45` writes and nothing else: no lower case, no number too large for its bytes, no character left over. */
export function decodeBase45(text: string): Bytes | undefined {
  if (text.length % 3 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 2) / 3));
  let length = 0;
  for (let i = 0; i < text.length; i += 3) {
    const n = numberAt(text, i);
    const pair = i + 2 < text.length;
    if (n === undefined || n > (pair ? 0xffff : 0xff)) return undefined;
    if (pair) bytes[length++] = n >> 8;
    bytes[length++] = n & 0xff;
  }
  return bytes;
}

/** The number that up to three digits write from a place on. */
function numberAt(text: string, place: number): number | undefined {
  let n = 0;
  for (let i = Math.min(place + 3, text.length) - 1; i >= place; i--) {
    const digit = ALPHABET.indexOf(text.charAt(i));
    if (digit < 0) return undefined;
    n = n * 45 + digit;
  }
  return n;
}
