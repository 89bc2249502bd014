import { deflateSync, inflateSync } from 'node:zlib';

// PNG (ISO/IEC 15948), as much as screenshots need: reads what Chromium writes, and writes pictures of few colours small.

/** Red, green, blue and alpha of every pixel, row by row. */
export interface Pixels {
  width: number;
  height: number;
  rgba: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const TRUECOLOUR = 2;
const INDEXED = 3;
const WITH_ALPHA = 6;

/** Reads eight bits a channel, colour with or without alpha, not interlaced. */
export function readPNG(file: Uint8Array): Pixels {
  if (!SIGNATURE.every((b, i) => file[i] === b)) throw new Error('not a PNG');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const data: Uint8Array[] = [];
  let width = 0;
  let height = 0;
  let channels = 0;
  for (let at = 8; at < file.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    const body = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      width = view.getUint32(at + 8);
      height = view.getUint32(at + 12);
      channels = body[9] === WITH_ALPHA ? 4 : 3;
      if (body[8] !== 8 || (body[9] !== WITH_ALPHA && body[9] !== TRUECOLOUR) || body[12] !== 0) throw new Error('a PNG of another form');
    } else if (type === 'IDAT') data.push(body);
    at += length + 12;
  }
  return { width, height, rgba: unfilter(inflateSync(Buffer.concat(data)), width, height, channels) };
}

/** Undoes the five filters of PNG §9. */
function unfilter(raw: Uint8Array, width: number, height: number, channels: number): Uint8Array {
  const stride = width * channels;
  const rgba = new Uint8Array(width * height * 4).fill(255);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)] ?? 0;
    const row = raw.slice(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? (row[x - channels] ?? 0) : 0;
      const up = above[x] ?? 0;
      const corner = x >= channels ? (above[x - channels] ?? 0) : 0;
      row[x] = (row[x] ?? 0) + predicted(filter, left, up, corner);
    }
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) rgba[(y * width + x) * 4 + c] = row[x * channels + c] ?? 0;
    }
    above = row;
  }
  return rgba;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const p = left + up - corner;
      const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
    default:
      return 0;
  }
}

/** Writes at most 256 colours, opaque: a screen has few, and the edges of letters can do with the nearest. */
export function writePNG(pixels: Pixels): Uint8Array {
  const { palette, index } = indexed(pixels);
  const rows = new Uint8Array((pixels.width + 1) * pixels.height);
  for (let y = 0; y < pixels.height; y++) rows.set(index.subarray(y * pixels.width, (y + 1) * pixels.width), y * (pixels.width + 1) + 1);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(pixels.width, 0);
  head.writeUInt32BE(pixels.height, 4);
  head.set([8, INDEXED, 0, 0, 0], 8);
  return Buffer.concat([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', head),
    chunk('PLTE', Uint8Array.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** The most used colours, and for each pixel the nearest of them. */
function indexed(pixels: Pixels): { palette: number[]; index: Uint8Array } {
  const colours = new Uint32Array(pixels.width * pixels.height);
  const used = new Map<number, number>();
  for (let i = 0; i < colours.length; i++) {
    const [r = 0, g = 0, b = 0] = pixels.rgba.subarray(i * 4, i * 4 + 3);
    const colour = (r << 16) | (g << 8) | b;
    colours[i] = colour;
    used.set(colour, (used.get(colour) ?? 0) + 1);
  }
  const palette = [...used]
    .sort(([a, m], [b, n]) => n - m || a - b)
    .slice(0, 256)
    .map(([colour]) => colour);
  const nearest = new Map(palette.map((colour, i) => [colour, i]));
  const index = colours.reduce((all, colour, i) => {
    const known = nearest.get(colour) ?? closest(palette, colour);
    nearest.set(colour, known);
    all[i] = known;
    return all;
  }, new Uint8Array(colours.length));
  return { palette, index };
}

function closest(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  palette.forEach((p, i) => {
    const d = ((p >> 16) - (colour >> 16)) ** 2 + (((p >> 8) & 255) - ((colour >> 8) & 255)) ** 2 + ((p & 255) - (colour & 255)) ** 2;
    if (d < least) [least, best] = [d, i];
  });
  return best;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(body.length + 12);
  whole.writeUInt32BE(body.length, 0);
  whole.write(type, 4, 'latin1');
  whole.set(body, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, body.length + 8)), body.length + 8);
  return whole;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const b of bytes) c = (CRC[(c ^ b) & 255] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
