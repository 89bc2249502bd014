import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { CONDITIONS, readable, readyDecoder } from './frames.ts';

const OPTIONS = { formats: ['QRCode' as const], tryHarder: false, maxNumberOfSymbols: 1 };
const SIZE = 170;
const FRAMES = Number(process.env.FRAMES ?? 40);

before(readyDecoder);

for (const condition of CONDITIONS) {
  test(`a pass of ${SIZE} pixels is read: ${condition}`, async (t) => {
    const t0 = performance.now();
    const read = await readable(condition, FRAMES, SIZE, OPTIONS);
    t.diagnostic(`${read} of ${FRAMES} ${performance.now() - t0}`);
    assert.ok(read >= 0.95 * FRAMES, `${read} of ${FRAMES}`);
  });
}
