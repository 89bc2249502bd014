import { readFileSync } from 'node:fs';
import encode from 'qr';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { decoding } from '../../web/src/scan/decoding.ts';
import { type Grey, random, type Shot, shoot } from './film.ts';

// How well the scanner's decoder reads a pass that is held badly: frames with a fixed seed, read by the same decoder with the same options.

/** The quiet zone, in modules. */
const QUIET = 4;
/** Pixels of a module on the holder's screen. */
const MODULE = 8;

/** What a holder's screen shows: a code as the tests' vectors have it, drawn as the app draws it. It is the same each time. */
function realCode(): { text: string; picture: Grey; modules: number } {
  const vectors = JSON.parse(readFileSync('passes/kp1/testdata/vectors.json', 'utf8')) as { rows: { name: string; text: string }[] };
  const text = vectors.rows.find((row) => row.name === "phone: a person's")?.text;
  if (!text) throw new Error('the vectors have no code of a phone');
  const rows = encode(text, 'raw', { ecc: 'medium', encoding: 'alphanumeric', border: QUIET });
  const side = rows.length * MODULE;
  const data = new Uint8Array(side * side).fill(255);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) if (rows[Math.floor(y / MODULE)]?.[Math.floor(x / MODULE)]) data[y * side + x] = 0;
  return { text, picture: { width: side, height: side, data }, modules: rows.length - 2 * QUIET };
}

export const CONDITIONS = ['straight', 'rotation', 'blur', 'perspective', 'low light', 'all together'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** How the phone is held in the nth frame of a condition. */
export function held(condition: Condition, n: number): Shot {
  const next = random(n * 7919 + CONDITIONS.indexOf(condition));
  const within = (most: number): number => (next() * 2 - 1) * most;
  const dim = (): Shot => ({ light: [18 + next() * 12, 60 + next() * 30], noise: 2 + next() * 4, seed: n + 1 });
  switch (condition) {
    case 'straight':
      return {};
    case 'rotation':
      return { turn: within(180) };
    case 'blur':
      return { turn: within(10), blur: 0.4 + next() * 0.6 };
    case 'perspective':
      return { turn: within(20), tilt: [within(25), within(25)] };
    case 'low light':
      return { turn: within(10), ...dim() };
    case 'all together':
      return { turn: within(30), tilt: [within(15), within(15)], blur: next() * 0.5, ...dim() };
  }
}

/** Gets the decoder ready, from the file that the app serves. */
export async function readyDecoder(): Promise<void> {
  const wasm = readFileSync('web/node_modules/zxing-wasm/dist/reader/zxing_reader.wasm');
  await prepareZXingModule({
    overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer },
    fireImmediately: true,
  });
}

/** What the decoder reads in a frame at its first, quick look. */
export async function decode(frame: Grey): Promise<string | undefined> {
  const rgba = new Uint8ClampedArray(frame.data.length * 4);
  for (const [i, v] of frame.data.entries()) rgba.set([v, v, v, 255], i * 4);
  const picture = { data: rgba, width: frame.width, height: frame.height, colorSpace: 'srgb' } as ImageData;
  return (await readBarcodes(picture, decoding(false))).find((code) => code.isValid)?.text;
}

/** The square in the middle that the scanner looks at. */
const SIDE = 480;

/** How many of so many frames are read, the code being `size` pixels wide without its quiet zone. */
export async function readable(condition: Condition, frames: number, size: number): Promise<number> {
  const { text, picture, modules } = realCode();
  let read = 0;
  for (let n = 0; n < frames; n++) {
    const frame = shoot(picture, { width: SIDE, height: SIDE, size: (size * (modules + 2 * QUIET)) / modules, ...held(condition, n) });
    if ((await decode(frame)) === text) read++;
  }
  return read;
}
