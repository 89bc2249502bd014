import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextSecond } from '../src/holder/codes.ts';
import { codeIn, grouped, readTyped } from '../src/holder/typed.ts';
import { around } from '../src/shared/around.ts';

const ACTIVATION = '1234567897';
const RECOVERY = '0123456782';
const PASS = '5678901231';

test('each mix-up is told by what was typed', () => {
  assert.deepEqual(readTyped('123 456 7897', 'activation'), { ok: true, digits: ACTIVATION });
  assert.deepEqual(readTyped(PASS, 'activation'), { ok: false, problem: { kind: 'pass_number' } });
  assert.deepEqual(readTyped('8901234564', 'activation'), { ok: false, problem: { kind: 'paper_number' } });
  assert.deepEqual(readTyped('12345672', 'activation'), { ok: false, problem: { kind: 'request' } });
  assert.deepEqual(readTyped('56789012', 'recovery'), { ok: false, problem: { kind: 'spoken' } });
  assert.deepEqual(readTyped(ACTIVATION, 'recovery'), { ok: false, problem: { kind: 'activation' } });
  assert.deepEqual(readTyped(RECOVERY, 'pass_number'), { ok: false, problem: { kind: 'recovery' } });
});

test('a slip is found before anybody is asked', () => {
  assert.deepEqual(readTyped(' ', 'activation'), { ok: false, problem: 'empty' });
  assert.deepEqual(readTyped('123 456 789', 'activation'), { ok: false, problem: 'length' });
  assert.deepEqual(readTyped('1234567879', 'activation'), { ok: false, problem: 'check' });
  assert.deepEqual(readTyped('koodi', 'activation'), { ok: false, problem: 'characters' });
});

test('whole digits are shown in groups, and half ones as they are', () => {
  assert.equal(grouped('1234567897'), '123\u00a0456\u00a07897');
  assert.equal(grouped('123-4567 897'), '123\u00a0456\u00a07897');
  assert.equal(grouped('123456'), '123456');
});

test('a code is found in a link, wherever the link leads, and in bare digits', () => {
  assert.equal(codeIn(`#${ACTIVATION}`), ACTIVATION);
  assert.equal(codeIn(`https://kaiku.example/activate#${ACTIVATION}`), ACTIVATION);
  assert.equal(codeIn('https://kaiku.example/activate#123%20456%207897'), ACTIVATION);
  assert.equal(codeIn(RECOVERY), RECOVERY);
  assert.equal(codeIn(PASS), undefined, 'a pass number activates nothing');
  assert.equal(codeIn('#%E0%A4%A'), undefined, 'not even an address');
  assert.equal(codeIn(''), undefined);
  assert.equal(codeIn('KP1:ABC'), undefined);
});

test('every code is for a second of its own, and none for one that doors refuse', () => {
  assert.equal(nextSecond(1000, undefined), 1000);
  assert.equal(nextSecond(1000, 980), 1000);
  assert.equal(nextSecond(1000, 1000), 1001, 'two tabs in one second');
  assert.equal(nextSecond(1000, 1029), 1030);
  assert.equal(nextSecond(1000, 1030), 1000, 'shown by a clock that was ahead, and put right since');
});

const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1';
const ICON = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148';
const INSTAGRAM = `${ICON} Instagram 300.0`;
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15';
const CHROME = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';
const VIEW =
  'Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36';
const agent = (userAgent: string, maxTouchPoints = 5) => ({ userAgent, maxTouchPoints });

test('an iPhone keeps for an icon what its browser does not see', () => {
  assert.deepEqual(around(agent(SAFARI), false), { ios: true, installed: false, inside: false });
  assert.deepEqual(around(agent(ICON), true), { ios: true, installed: true, inside: false });
  assert.deepEqual(around(agent(MAC), false), { ios: true, installed: false, inside: false }, 'an iPad');
  assert.deepEqual(around(agent(MAC, 0), false), { ios: false, installed: false, inside: false }, 'a Mac');
});

test('a page inside another app is known', () => {
  assert.equal(around(agent(INSTAGRAM), false).inside, true);
  assert.equal(around(agent(ICON), false).inside, true);
  assert.equal(around(agent(VIEW), false).inside, true);
  assert.deepEqual(around(agent(CHROME), false), { ios: false, installed: false, inside: false });
});
