import { type Bytes, bigEndian } from './bytes.ts';

// Points of P-256 by x and the sign of y (SEC 1 §2.3.4). WebCrypto need not take them so, and most browsers do not.

/** The prime of the field and the curve y² = x³ − 3x + b (SEC 2 §2.4.2). */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** p ≡ 3 mod 4, so this power of a square is its root. */
const ROOT = (P + 1n) / 4n;

/**
 * The uncompressed point with this x whose y is odd or even; none if x is of no point, as about half of all are.
 *
 * x is public, so the time that this takes tells nothing.
 */
export function decompress(x: Uint8Array, odd: boolean): Bytes | undefined {
  const px = bigEndian(x);
  if (px >= P) return undefined;
  const square = (px * px * px - 3n * px + B) % P;
  let py = power((square + P) % P, ROOT);
  if ((py * py - square) % P !== 0n) return undefined;
  if ((py & 1n) !== (odd ? 1n : 0n)) py = P - py;
  const point = new Uint8Array(65);
  point[0] = 4;
  point.set(x, 1);
  for (let i = 64; i > 32; i--, py >>= 8n) point[i] = Number(py & 0xffn);
  return point;
}

/** base^exponent mod p, by squaring. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let bits = exponent; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
}
