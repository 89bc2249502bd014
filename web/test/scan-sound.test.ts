import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { play, unlockSound } from '../src/scan/sound.ts';

// Sounds go to a context of the tests' own.

let context: Heard | undefined;
let started = 0;

const voice = { frequency: {}, connect: () => ({ connect: () => undefined }), start: () => started++, stop: () => undefined };
const gain = { setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined };

class Heard {
  state = 'suspended';
  currentTime = 0;
  resumes = 0;
  /** What becomes of a wish to go on. */
  answer: () => Promise<void> = async () => undefined;

  constructor() {
    context = this;
  }
  createOscillator = () => voice;
  createGain = () => ({ gain });
  async resume(): Promise<void> {
    this.resumes++;
    await this.answer();
    this.state = 'running';
  }
}

Object.assign(globalThis, { AudioContext: Heard });
Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });

const soon = () => new Promise<void>((done) => setTimeout(done, 5));

beforeEach(async () => {
  unlockSound();
  await soon();
  started = 0;
});

test('a sound is made when it is asked for', () => {
  play('stop');
  assert.equal(started, 1);
});

test('after a phone call the next result is heard again', async () => {
  assert.ok(context);
  context.state = 'interrupted';
  play('welcome');
  await soon();
  assert.deepEqual([context.state, started], ['running', 2]);
});

test('what may not sound yet stays silent, and no old result is heard later', async () => {
  assert.ok(context);
  context.state = 'interrupted';
  context.answer = () => Promise.reject(new Error('the call is still going on'));
  play('welcome');
  await soon();
  assert.equal(started, 0);
  let over: () => void = () => undefined;
  context.answer = () => new Promise((done) => (over = done));
  play('welcome');
  await new Promise<void>((done) => setTimeout(done, 600));
  over();
  await soon();
  assert.equal(started, 0);
});
