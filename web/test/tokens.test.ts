import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contrast, difference, EYES, type Eyes, type Lab, lab, seen } from './colours.ts';

const css = readFileSync('web/src/shared/tokens.css', 'utf8');
const tokensOf = (block: string): Record<string, string> =>
  Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
const [everywhere = '', inTheDark = ''] = css.split('@media (prefers-color-scheme: dark)');
const light = tokensOf(everywhere);
const dark = { ...light, ...tokensOf(inTheDark.split('@media')[0] ?? '') };

const colour = (theme: Record<string, string>, name: string): string => {
  const value = theme[name];
  assert.ok(value, `there is no --${name}`);
  return value;
};

/** Text, and what it stands on. */
const TEXT: readonly (readonly [string, ...string[]])[] = [
  ['ink', 'bg', 'surface'],
  ['muted', 'bg', 'surface'],
  ['primary', 'bg', 'surface'],
  ['on-primary', 'primary'],
  ['accent', 'bg', 'surface'],
  ['surface', 'accent'],
  ['ok', 'ok-soft', 'bg', 'surface'],
  ['warn', 'warn-soft', 'bg', 'surface'],
  ['stop', 'stop-soft', 'bg', 'surface'],
  ['on-result-ok', 'result-ok'],
  ['on-result-warn', 'result-warn'],
  ['on-result-stop', 'result-stop'],
  ['on-result-other', 'result-other'],
];

/** Lines that tell where something is, and what they stand on. */
const LINES: readonly (readonly [string, ...string[]])[] = [
  ['line', 'bg', 'surface'],
  ['primary', 'bg', 'surface'],
  ['stop', 'bg', 'surface'],
  ['focus', 'bg', 'surface', 'focus-gap'],
];

/** The pairs of a theme whose contrast is too low. */
function low(theme: Record<string, string>, pairs: typeof TEXT, least: number): string[] {
  const all = pairs.flatMap(([on, ...grounds]) =>
    grounds.map((ground) => ({ on, ground, is: contrast(colour(theme, on), colour(theme, ground)) })),
  );
  return all.filter(({ is }) => is < least).map(({ on, ground, is }) => `--${on} on --${ground}: ${is.toFixed(2)}`);
}

for (const [name, theme] of Object.entries({ light, dark })) {
  test(`${name}: every text has a contrast of 4.5 or more`, () => assert.deepEqual(low(theme, TEXT, 4.5), []));
  test(`${name}: every line has a contrast of 3 or more`, () => assert.deepEqual(low(theme, LINES, 3), []));
}

test('black on white has a contrast of 21', () => assert.equal(contrast('#000000', '#ffffff').toFixed(2), '21.00'));

/** Pairs and results from Sharma, Wu and Dalal, chosen for the branches of the formula. */
const SHARMA: readonly (readonly [Lab, Lab, number])[] = [
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, -1, 2], [50, 0, 0], 2.3669],
  [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[50, 2.5, 0], [61, -5, 29], 22.8977],
  [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
];

test('colour differences are those of the paper', () => {
  for (const [a, b, expected] of SHARMA) assert.equal(difference(a, b).toFixed(4), expected.toFixed(4));
});

const RESULTS = ['result-ok', 'result-warn', 'result-stop'] as const;

/** Under 15, two colours are risky to tell apart at a glance. */
const AT_A_GLANCE = 15;

for (const eyes of Object.keys(EYES) as Eyes[]) {
  test(`the results can be told apart at a glance: ${eyes}`, (t) => {
    const see = (name: string): Lab => lab(seen(colour(light, name), eyes));
    const apart = [
      [RESULTS[0], RESULTS[1]],
      [RESULTS[0], RESULTS[2]],
      [RESULTS[1], RESULTS[2]],
    ].map(([a = '', b = '']) => difference(see(a), see(b)));
    t.diagnostic(`the least difference is ${Math.min(...apart).toFixed(1)}`);
    assert.ok(Math.min(...apart) >= AT_A_GLANCE, apart.map((d) => d.toFixed(1)).join(' '));
  });
}

test('results look the same in the dark', () => {
  for (const name of Object.keys(light).filter((n) => n.includes('result'))) assert.equal(dark[name], light[name]);
});
