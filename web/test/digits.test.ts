import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDigit, formatCode, formatDigits, parseDigits, parseEnrolmentCode, parseReservationCode } from '../src/shared/digits.ts';

test('the check digit is that of ISO/IEC 7064 MOD 11,10', () => {
  assert.equal(checkDigit('0794'), '5', 'the example of the standard');
  assert.equal(checkDigit('8609574271'), '9', 'and of a German tax number, which has the same');
});

test('the first digit says what digits are', () => {
  for (const [typed, kind] of [
    ['0123456782', 'recovery'],
    ['1234567897', 'activation'],
    ['4006761994', 'activation'],
    ['5678901231', 'pass_number'],
    ['8901234564', 'paper_number'],
    ['12345672', 'request'],
    ['56789012', 'spoken'],
  ] as const) {
    assert.deepEqual(parseDigits(typed), { ok: true, kind, digits: typed });
    assert.deepEqual(parseDigits(formatDigits(typed)), { ok: true, kind, digits: typed }, 'as it is shown');
  }
});

test('what stands between digits does not count', () => {
  const right = { ok: true, kind: 'activation', digits: '1234567897' } as const;
  for (const typed of [
    ' 123 456 7897 ',
    '123-456-7897',
    '123\u00a0456\u202f7897',
    '123\u20094567897\n',
    '123‑456–7897',
    '\u202a123 456 7897\u202c', // as copied from a contact on an iPhone
    '123\u200b456\ufeff7897',
    '123−456−7897',
  ]) {
    assert.deepEqual(parseDigits(typed), right, JSON.stringify(typed));
  }
});

test('what is wrong with digits is told apart', () => {
  for (const [typed, reason] of [
    ['', 'length'],
    ['123 456 789', 'length'],
    ['123 456 7897 1', 'length'],
    ['0123 4567', 'length'], // eight that begin with 0 are nothing, however well they add up
    ['123 456 7898', 'check'],
    ['213 456 7897', 'check'],
    ['123 456 789O', 'characters'],
    ['١٢٣٤٥٦٧٨٩٧', 'characters'],
    ['K1234567897', 'characters'],
  ] as const) {
    assert.deepEqual(parseDigits(typed), { ok: false, reason }, typed);
  }
});

test('every single wrong digit is caught', () => {
  for (const right of ['0123456782', '5678901231', '12345672', '56789012']) {
    for (let i = 0; i < right.length; i++) {
      for (const digit of '0123456789'.replace(right.charAt(i), '')) {
        const read = parseDigits(right.slice(0, i) + digit + right.slice(i + 1));
        assert.deepEqual(read, { ok: false, reason: 'check' });
      }
    }
  }
});

test('digits are shown in groups', () => {
  assert.equal(formatDigits('1234567897'), '123\u00a0456\u00a07897');
  assert.equal(formatDigits('12345672'), '1234\u00a05672');
  assert.equal(formatDigits('123'), '123', 'what is no code is left as it is');
});

test('reservation and enrolment codes are read as they sound', () => {
  assert.equal(parseReservationCode('oil-00a'), '01100A');
  assert.equal(parseReservationCode(' 7k2 \u00a0m9x'), '7K2M9X');
  for (const wrong of ['', '12345', '1234567', '12345U', 'ÄÄÄÄÄÄ']) assert.equal(parseReservationCode(wrong), undefined, wrong);
  assert.equal(parseEnrolmentCode('abcde fgh01'), 'ABCDEFGH01');
  assert.equal(parseEnrolmentCode('abcde'), undefined);
  assert.equal(formatCode('7K2M9X'), '7K2\u00a0M9X');
  assert.equal(parseReservationCode(formatCode('7K2M9X')), '7K2M9X');
});
