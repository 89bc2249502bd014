import { writeFileSync } from 'node:fs';
import { type Pixels, readPNG } from './png.ts';

// What a camera would see of a screen: its pixels, put into a frame at an angle, blurred, in bad light. Frames become a film that
// Chromium's fake camera plays.

/** Brightness alone, row by row: all that a reader of codes looks at. */
export interface Grey {
  width: number;
  height: number;
  data: Uint8Array;
}

/** How the screen is held before the camera. What is left out is as good as it gets. */
export interface Shot {
  width?: number;
  height?: number;
  /** How wide the picture is in the frame, in pixels; as large as fits if it is left out. */
  size?: number;
  /** In the plane of the picture, in degrees. */
  turn?: number;
  /** Away from the camera, about the upright and the level axis, in degrees. */
  tilt?: readonly [number, number];
  /** Standard deviation of the blur, in pixels of the frame. */
  blur?: number;
  /** The brightness of black and of white. */
  light?: readonly [number, number];
  /** Standard deviation of the noise. */
  noise?: number;
  /** Of the noise: the same seed is the same frame. */
  seed?: number;
}

export function greyOf({ width, height, rgba }: Pixels): Grey {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.round(0.299 * (rgba[i * 4] ?? 0) + 0.587 * (rgba[i * 4 + 1] ?? 0) + 0.114 * (rgba[i * 4 + 2] ?? 0));
  }
  return { width, height, data };
}

export const greyOfPNG = (file: Uint8Array): Grey => greyOf(readPNG(file));

/** One frame of a film. */
export function shoot(picture: Grey, shot: Shot = {}): Grey {
  const width = shot.width ?? 1280;
  const height = shot.height ?? 720;
  let frame = blurred(placed(picture, width, height, shot), shot.blur ?? 0);
  frame = lit(frame, shot.light ?? [0, 255], shot.noise ?? 0, random(shot.seed ?? 1));
  return frame;
}

/** Wall behind the screen. */
const WALL = 96;
/** Points of each pixel of the frame at which the picture is looked at, a side. */
const POINTS = 2;
/** Of the camera, in frame widths. */
const FOCAL = 1.1;

/** The picture in the middle of the frame, seen from the camera. */
function placed(picture: Grey, width: number, height: number, shot: Shot): Grey {
  const size = shot.size ?? Math.min((width * 7) / 8, (((height * 7) / 8) * picture.width) / picture.height);
  const look = sight(picture, width, height, size, shot);
  const reach = size * Math.max(1, picture.height / picture.width); // farther from the middle there is wall alone
  const data = new Uint8Array(width * height).fill(WALL);
  for (let y = Math.max(0, Math.floor(height / 2 - reach)); y < Math.min(height, height / 2 + reach); y++) {
    for (let x = Math.max(0, Math.floor(width / 2 - reach)); x < Math.min(width, width / 2 + reach); x++) {
      let sum = 0;
      for (let j = 0; j < POINTS; j++) for (let i = 0; i < POINTS; i++) sum += look(x + (i + 0.5) / POINTS, y + (j + 0.5) / POINTS);
      data[y * width + x] = Math.round(sum / (POINTS * POINTS));
    }
  }
  return { width, height, data };
}

/** What is seen at a point of the frame: the line of sight is followed to the plane of the picture. */
function sight(picture: Grey, width: number, height: number, size: number, shot: Shot): (x: number, y: number) => number {
  const [a, b, c] = [shot.turn ?? 0, shot.tilt?.[0] ?? 0, shot.tilt?.[1] ?? 0].map((degrees) => (degrees * Math.PI) / 180) as Vector;
  const right = turned([1, 0, 0], a, b, c);
  const down = turned([0, 1, 0], a, b, c);
  const out = turned([0, 0, 1], a, b, c);
  const scale = picture.width / size;
  const far = FOCAL * width;
  const along = (axis: Vector, x: number, y: number): number => axis[0] * x + axis[1] * y + axis[2] * far;
  return (frameX, frameY) => {
    const x = frameX - width / 2;
    const y = frameY - height / 2;
    const t = (far * out[2]) / along(out, x, y);
    const u = along(right, x, y) * t - far * right[2];
    const v = along(down, x, y) * t - far * down[2];
    return sample(picture, u * scale + picture.width / 2, v * scale + picture.height / 2);
  };
}

type Vector = [number, number, number];

function turned([x, y, z]: Vector, a: number, b: number, c: number): Vector {
  [x, y] = [x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a)];
  [x, z] = [x * Math.cos(b) - z * Math.sin(b), x * Math.sin(b) + z * Math.cos(b)];
  [y, z] = [y * Math.cos(c) - z * Math.sin(c), y * Math.sin(c) + z * Math.cos(c)];
  return [x, y, z];
}

/** Between the four pixels around a point. */
function sample({ width, height, data }: Grey, x: number, y: number): number {
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  const u = x - 0.5 - left;
  const v = y - 0.5 - top;
  if (x < -1 || y < -1 || x > width + 1 || y > height + 1) return WALL;
  const at = (i: number, j: number): number => (i < 0 || j < 0 || i >= width || j >= height ? WALL : (data[j * width + i] ?? WALL));
  return (at(left, top) * (1 - u) + at(left + 1, top) * u) * (1 - v) + (at(left, top + 1) * (1 - u) + at(left + 1, top + 1) * u) * v;
}

/** Gaussian, one direction after the other. */
function blurred(picture: Grey, sigma: number): Grey {
  if (sigma <= 0) return picture;
  const reach = Math.ceil(sigma * 3);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const { width, height } = picture;
  const once = (from: Uint8Array, count: number, step: number, along: number): Uint8Array => {
    const to = new Uint8Array(from.length);
    for (let i = 0; i < from.length; i++) {
      const place = Math.floor(i / step) % count;
      let sum = 0;
      for (let k = -reach; k <= reach; k++) {
        const clamped = Math.min(count - 1, Math.max(0, place + k));
        sum += (weights[k + reach] ?? 0) * (from[i + (clamped - place) * along] ?? 0);
      }
      to[i] = Math.round(sum / total);
    }
    return to;
  };
  return { width, height, data: once(once(picture.data, width, 1, 1), height, width, width) };
}

function lit(picture: Grey, [black, white]: readonly [number, number], noise: number, next: () => number): Grey {
  const data = picture.data.map((v) => {
    const shine = black + ((white - black) * v) / 255;
    const grain = noise === 0 ? 0 : noise * Math.sqrt(-2 * Math.log(next() || Number.EPSILON)) * Math.cos(2 * Math.PI * next());
    return Math.min(255, Math.max(0, Math.round(shine + grain)));
  });
  return { ...picture, data };
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A film that shows these frames again and again: what --use-file-for-fake-video-capture plays. All frames have one size. */
export function writeFilm(path: string, frames: readonly Grey[], rate = 12): void {
  const [first] = frames;
  if (!first) throw new Error('a film has a frame');
  const noColour = Buffer.alloc((first.width * first.height) / 2, 128);
  const parts: Uint8Array[] = [Buffer.from(`YUV4MPEG2 W${first.width} H${first.height} F${rate}:1 Ip A1:1 C420jpeg\n`)];
  for (const frame of frames) parts.push(Buffer.from('FRAME\n'), frame.data, noColour);
  writeFileSync(path, Buffer.concat(parts));
}

/** A dark room: what the camera sees before somebody shows a phone. */
export const darkness = (width = 1280, height = 720): Grey => ({ width, height, data: new Uint8Array(width * height).fill(20) });
