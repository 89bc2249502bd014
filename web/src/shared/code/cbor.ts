import type { Bytes } from './bytes.ts';

// CBOR (RFC 8949) in its one deterministic form (§4.2.1), as little of it as a code needs.

// Major types of §3.1, as the top three bits of a head.
const UINT = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const SIMPLE = 7;

// The two simple values in use (§3.3).
const FALSE = 20;
const TRUE = 21;

/** A head in its shortest form. */
function head(major: number, argument: number): number[] {
  if (argument < 24) return [(major << 5) | argument];
  const size = argument < 2 ** 8 ? 0 : argument < 2 ** 16 ? 1 : argument < 2 ** 32 ? 2 : 3;
  const written = [(major << 5) | (24 + size)];
  for (let place = 2 ** size - 1; place >= 0; place--) written.push(Math.floor(argument / 256 ** place) % 256);
  return written;
}

/** Negative numbers count down from −1. */
const headOf = (n: number): [major: number, argument: number] => (n < 0 ? [NEGATIVE, -1 - n] : [UINT, n]);

/** Writes an integer, exact up to 2^53. */
export const integer = (n: number): number[] => head(...headOf(n));

/** Writes a byte string. */
export const byteString = (data: ArrayLike<number>): number[] => [...head(BYTES, data.length), ...Array.from(data)];

/** Writes a text string of ASCII. */
export const asciiString = (text: string): number[] => [...head(TEXT, text.length), ...Array.from(text, (c) => c.charCodeAt(0))];

/** Writes the head of an array; its items follow. */
export const array = (count: number): number[] => head(ARRAY, count);

/** Writes the head of a map; its keys and values follow, keys in order of their bytes. */
export const map = (count: number): number[] => head(MAP, count);

/** Writes true or false. */
export const boolean = (value: boolean): number[] => head(SIMPLE, value ? TRUE : FALSE);

/** What a `Reader` throws: its bytes are not of the shape, to the last bit. */
export class Malformed extends Error {}

/**
 * Walks deterministically encoded CBOR along one expected shape.
 *
 * The shape is closed, so sorted keys, no duplicates, no tags, no floats and a bounded depth need no rules of their own: whatever is
 * not the next expected item is wrong, and the walk ends there.
 */
export class Reader {
  readonly #data: Bytes;
  #at = 0;

  constructor(data: Bytes) {
    this.#data = data;
  }

  #byte(): number {
    const byte = this.#data[this.#at++];
    if (byte === undefined) throw new Malformed('cut short');
    return byte;
  }

  /** The argument of an item of one major type. Above 2^53 it is rounded: that is far beyond every limit that is asked for. */
  #of(major: number): number {
    const first = this.#byte();
    if (first >> 5 !== major) throw new Malformed('item of another type than expected');
    const size = first & 31;
    if (size < 24) return size;
    if (size > 27) throw new Malformed('indefinite or reserved length');
    const width = 1 << (size - 24);
    let argument = 0;
    for (let i = 0; i < width; i++) argument = argument * 256 + this.#byte();
    // The smallest argument that needs so many bytes.
    if (argument < (width === 1 ? 24 : 2 ** (width * 4))) throw new Malformed('number longer than needed');
    return argument;
  }

  #exactly(major: number, argument: number): void {
    if (this.#of(major) !== argument) throw new Malformed('another value or length than expected');
  }

  /** An array of so many items. */
  array(count: number): void {
    this.#exactly(ARRAY, count);
  }

  /** A map of so many pairs. */
  map(count: number): void {
    this.#exactly(MAP, count);
  }

  /** This very integer: a key, or a value that leaves no choice. */
  integer(want: number): void {
    this.#exactly(...headOf(want));
  }

  /** An unsigned integer. */
  uint(): number {
    return this.#of(UINT);
  }

  /** A byte string, of a length if one is given. It is a view of what is read. */
  bytes(length?: number): Bytes {
    const size = this.#of(BYTES);
    if (length !== undefined && size !== length) throw new Malformed('byte string of another length than expected');
    if (size > this.#data.length - this.#at) throw new Malformed('cut short');
    this.#at += size;
    return this.#data.subarray(this.#at - size, this.#at);
  }

  /** True or false. */
  boolean(): boolean {
    const value = this.#of(SIMPLE);
    if (value !== FALSE && value !== TRUE) throw new Malformed('neither true nor false');
    return value === TRUE;
  }

  /** Nothing may be left over. */
  end(): void {
    if (this.#at !== this.#data.length) throw new Malformed('bytes left over');
  }
}
