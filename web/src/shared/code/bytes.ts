/** Bytes that WebCrypto takes: never a view of memory that another thread could change. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** One character a byte: the form in which bytes are looked for and kept as keys. */
export function latin1(bytes: ArrayLike<number>): string {
  return String.fromCharCode(...Array.from(bytes));
}

/** The number that bytes write, largest byte first (SEC 1 §2.3.8). */
export function bigEndian(bytes: Uint8Array): bigint {
  let n = 0n;
  for (const byte of bytes) n = (n << 8n) | BigInt(byte);
  return n;
}
