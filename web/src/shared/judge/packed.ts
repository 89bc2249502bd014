import { decodeBase64url } from '../code/base64url.ts';
import type { Bytes } from '../code/bytes.ts';

const SIZE = 8;

/**
 * A sorted list of 8-byte values, looked at where it lies: a list of 50,000 revoked ctis is 400 kB and not one object more.
 *
 * That it is sorted is the server's word, under its signature.
 */
export class Packed {
  readonly #bytes: Bytes;

  constructor(bytes: Bytes) {
    if (bytes.length % SIZE !== 0) throw new TypeError('not a list of 8-byte values');
    this.#bytes = bytes;
  }

  /** Reads base64url. */
  static parse(text: string): Packed {
    const bytes = decodeBase64url(text);
    if (!bytes) throw new TypeError('not base64url');
    return new Packed(bytes);
  }

  /** How many values there are. */
  get size(): number {
    return this.#bytes.length / SIZE;
  }

  /** Whether a value is on the list, by halving. */
  has(value: Uint8Array): boolean {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = this.#compare(middle, value);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  }

  #compare(index: number, value: Uint8Array): number {
    for (let i = 0; i < SIZE; i++) {
      const order = (this.#bytes[index * SIZE + i] ?? 0) - (value[i] ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  }
}
