import assert from 'node:assert/strict';
import { test } from 'node:test';
import desk from '../src/desk/words/fi.ts';
import office from '../src/office/words/fi.ts';
import audit from '../src/shared/audit/words/fi.ts';
import { codesAfter, invitationToken, readCode, wayIn, weakness, weaknessTold } from '../src/shared/signin/flow.ts';
import { hasEnded } from '../src/shared/signin/idle.ts';
import signIn from '../src/shared/signin/words/fi.ts';
import type { AtWork, HeldRole } from '../src/shared/types.ts';

const WORKER: HeldRole = { role: 'worker', organisation: 'o1', network: 'n' };
const OTHER: HeldRole = { role: 'worker', organisation: 'o2', network: 'n' };
const MANAGER: HeldRole = { role: 'manager', organisation: 'v', network: 'n' };

const person = (...roles: HeldRole[]): AtWork => ({
  id: 'p',
  name: 'Tuula Tekaistu',
  email: 'a@demo.example',
  language: 'fi',
  acting: roles[0] ?? WORKER,
  roles,
  computers: [],
  recovery_codes_left: 10,
});

test('who has one role goes on in it', () => {
  assert.deepEqual(wayIn(person(WORKER), 'desk', true), { go: 'in' });
  assert.deepEqual(wayIn(person(MANAGER), 'office', false), { go: 'in' });
});

test('who has several chooses after signing in, and goes on as before without', () => {
  assert.deepEqual(wayIn(person(WORKER, OTHER), 'desk', true), { go: 'choose' });
  assert.deepEqual(wayIn(person(WORKER, OTHER), 'desk', false), { go: 'in' });
  assert.deepEqual(wayIn(person(MANAGER, WORKER), 'desk', false), { go: 'switch', to: WORKER });
  assert.deepEqual(wayIn({ ...person(WORKER, OTHER, MANAGER), acting: MANAGER }, 'desk', false), { go: 'choose' });
});

test('who signs in again goes on in the role that was left', () => {
  assert.deepEqual(wayIn(person(WORKER, OTHER), 'desk', true, OTHER), { go: 'switch', to: OTHER });
  assert.deepEqual(wayIn(person(WORKER, OTHER), 'desk', true, WORKER), { go: 'in' });
});

test('who has no role here, or one of a closed organisation, is led elsewhere', () => {
  assert.deepEqual(wayIn(person(MANAGER), 'desk', true), { go: 'elsewhere' });
  assert.deepEqual(wayIn(person({ ...WORKER, closed: true }), 'desk', true), { go: 'elsewhere' });
});

test('a code is asked for when it is needed, and two only where the account is under attack', () => {
  const after = (code: string, before: 'none' | 'one' | 'two') => codesAfter({ status: 401, code }, before);
  assert.equal(after('code_needed', 'none'), 'one');
  assert.equal(after('wrong_sign_in', 'one'), 'one');
  assert.equal(after('second_code_needed', 'one'), 'two');
  assert.equal(after('code_needed', 'two'), 'two');
});

test('a code is six digits or a recovery code, however it is typed', () => {
  assert.equal(readCode('123 456'), '123456');
  assert.equal(readCode('abcde-12345'), 'ABCDE12345');
  assert.equal(readCode('12345'), undefined);
  assert.equal(readCode('12345a'), undefined);
});

test('a password is judged by its characters, and what the server refuses besides is easy to guess', () => {
  assert.equal(weakness('lyhyt'), 'in_weak_short');
  assert.equal(weakness('😀'.repeat(12)), undefined);
  assert.equal(weakness('x'.repeat(257)), 'in_weak_long');
  assert.equal(weaknessTold('salasana1234'), 'in_weak_common');
});

test('an invitation without its whole token is none', () => {
  assert.equal(invitationToken('#abcdefghijklmnop_-'), 'abcdefghijklmnop_-');
  assert.equal(invitationToken('#'), undefined);
  assert.equal(invitationToken('#abc def'), undefined);
});

test('a page that nobody touches shows nothing after four hours, and none outlives its session', () => {
  const hour = 3600_000;
  assert.ok(!hasEnded(3.9 * hour, 0, 12 * hour));
  assert.ok(hasEnded(4 * hour, 0, 12 * hour));
  assert.ok(hasEnded(12 * hour, 11.9 * hour, 12 * hour));
});

test('words of one table do not hide those of another', () => {
  const shared = [...Object.keys(signIn), ...Object.keys(audit)].filter((key) => !key.startsWith('problem_'));
  for (const key of shared) assert.ok(!(key in desk) && !(key in office), key);
});
