import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Key, type Typed, usCharacter, Wedge, whichCode } from '../src/scan/wedge.ts';
import { newKey } from '../src/shared/code/keys.ts';
import { makeCode } from '../src/shared/code/sign.ts';
import { credential, issuer } from './issuer.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** The keys that a scanner with the layout of the United States presses for a text. */
function pressesOf(text: string): { code: string; shift: boolean }[] {
  const codes = [
    ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((c) => `Key${c}`),
    ...[...'0123456789'].map((c) => `Digit${c}`),
    ...['Space', 'Minus', 'Equal', 'Semicolon', 'Period', 'Slash', 'Comma', 'Quote'],
  ];
  return [...text].map((c) => {
    for (const code of codes) for (const shift of [false, true]) if (usCharacter(code, shift) === c) return { code, shift };
    throw new Error(`no key types ${c}`);
  });
}

/** What those keys type on a Finnish keyboard; a dead key types nothing by itself. */
const FINNISH: Readonly<Record<string, [string, string]>> = {
  Semicolon: ['ö', 'Ö'],
  Minus: ['+', '?'],
  Equal: ['´', 'Dead'],
  Slash: ['-', '_'],
  Period: ['.', ':'],
  Digit4: ['4', '¤'],
  Digit5: ['5', '%'],
  Digit8: ['8', '('],
};
const finnish = (code: string, shift: boolean): string => FINNISH[code]?.[shift ? 1 : 0] ?? usCharacter(code, shift) ?? '';

function type(
  text: string,
  layout: (code: string, shift: boolean) => string,
  gap = 5,
  end: 'Enter' | 'pause' = 'Enter',
): Typed | undefined {
  const wedge = new Wedge();
  let at = 1000;
  for (const { code, shift } of pressesOf(text)) {
    if (shift) wedge.press({ key: 'Shift', code: 'ShiftLeft', shiftKey: true, at });
    const key: Key = { key: layout(code, shift), code, shiftKey: shift, at };
    assert.equal(wedge.press(key), undefined);
    at += wedge.patience > 80 ? gap : 5; // it stutters only once it has begun
  }
  return end === 'Enter' ? wedge.press({ key: 'Enter', code: 'Enter', shiftKey: false, at }) : wedge.end();
}

test('every character of a code comes through, whatever the layout', () => {
  const typed = type(ALPHABET, finnish);
  assert.equal(typed?.asPressed, ALPHABET);
  assert.notEqual(typed?.asTyped, ALPHABET);
  assert.equal(type(ALPHABET, (code, shift) => usCharacter(code, shift) ?? '')?.asTyped, ALPHABET);
});

test('of the two readings the one that is a code is taken', async () => {
  const by = await issuer();
  const pair = await newKey();
  const code = await makeCode(await credential(by, pair.publicKey, 1), 1_763_000_000, pair.privateKey);
  const onFinnish = type(code, finnish);
  assert.ok(onFinnish);
  assert.deepEqual(whichCode(onFinnish), { text: code, layout: 'us' });
  const onUs = type(code, (c, shift) => usCharacter(c, shift) ?? '', 5, 'pause');
  assert.ok(onUs);
  assert.deepEqual(whichCode(onUs), { text: code, layout: 'own' });
  const swapped = code.toLowerCase();
  assert.deepEqual(whichCode({ asTyped: swapped, asPressed: swapped }), { text: code, layout: 'own' }, 'Caps Lock is on');
  assert.equal(whichCode({ asTyped: 'HTTPS://EXAMPLE.FI', asPressed: '?' }).text, 'HTTPS://EXAMPLE.FI');
});

test('a code that has begun is waited for where a scanner stutters, and not when it is whole', async () => {
  const by = await issuer();
  const pair = await newKey();
  const code = await makeCode(await credential(by, pair.publicKey, 1), 1_763_000_000, pair.privateKey);
  assert.equal(type(code, finnish, 300)?.asPressed, code);
  const wedge = new Wedge();
  for (const [i, { code: key, shift }] of pressesOf(code).entries()) {
    if (i === 100) assert.equal(wedge.patience, 500);
    wedge.press({ key: finnish(key, shift), code: key, shiftKey: shift, at: i });
  }
  assert.equal(wedge.patience, 80);
});

test('single keys are a person, and begin anew after a pause', () => {
  const wedge = new Wedge();
  const press = (key: string, at: number) => wedge.press({ key, code: key === 'Enter' ? 'Enter' : `Key${key}`, shiftKey: true, at });
  press('K', 0);
  assert.equal(wedge.typing(50), true);
  assert.equal(wedge.typing(81), false);
  press('P', 500);
  assert.equal(press('Enter', 520), undefined, 'too short for a code');
  assert.equal(wedge.typing(521), false);
  assert.equal(press('Enter', 600), undefined);
});
