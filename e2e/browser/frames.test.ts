import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { CONDITIONS, readable, readyDecoder } from './frames.ts';

/** As wide as a pass is in the scanner's square when it is held at arm's length, in pixels without the quiet zone. */
const SIZE = 170;
/** Of each condition; FRAMES=500 looks longer. */
const FRAMES = Number(process.env.FRAMES ?? 30);

before(readyDecoder);

for (const condition of CONDITIONS) {
  test(`a pass that is ${SIZE} pixels wide is read in 95 of 100 frames: ${condition}`, async (t) => {
    const read = await readable(condition, FRAMES, SIZE);
    t.diagnostic(`${read} of ${FRAMES}`);
    assert.ok(read >= 0.95 * FRAMES, `${read} of ${FRAMES}`);
  });
}
