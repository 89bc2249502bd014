import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptOf, isUnanswered } from '../src/desk/attempt.ts';
import { addDays, addMonths, renewal, validity } from '../src/desk/days.ts';
import { homeAsked, newPass, noFacts, wrongIn } from '../src/desk/facts.ts';
import { asked, NO_FILTER, noneOf, wrongIn as wrongFilter } from '../src/desk/filter.ts';
import { homeOf, municipalities, rulesOn } from '../src/desk/home.ts';
import { readTyped } from '../src/desk/number.ts';
import { placeOf } from '../src/desk/routes.ts';
import { spelt } from '../src/desk/spell.ts';
import { deedsOf, standingOf, undoLeft } from '../src/desk/standing.ts';
import { checkDigit } from '../src/shared/digits.ts';
import type { Network, PassOfWorker, Rules } from '../src/shared/types.ts';

const RULES: Rules = {
  min_age: 16,
  child_age: 18,
  valid_months: 12,
  grace_days: 30,
  unlink_days: 90,
  group_max: 15,
  opens_minutes: 180,
  closes_minutes: 60,
  freed_minutes: 120,
  claim_minutes: 120,
  pushes_week: 3,
  suppress_under: 5,
};

const network = (id: string, municipalities: [code: string, ...prefixes: string[]][], more: Partial<Network> = {}): Network => ({
  id,
  name: { fi: id },
  status: 'permanent',
  first: '2016-01-01',
  local_only: false,
  municipalities: municipalities.map(([code, ...postal_prefixes]) => ({ code, name: { fi: code }, postal_prefixes })),
  rules: RULES,
  coming: [],
  ...more,
});

const KAINUU = network('kainuu', [
  ['205', '87', '882'],
  ['290', '889'],
  ['620', '8820'],
]);
const ESPOO = network('espoo', [
  ['049', '021'],
  ['999', '882'],
]);
const ALL = [ESPOO, KAINUU];

const found = (code: string, own?: string): string => {
  const home = homeOf(code, ALL, own);
  return home.is === 'known' ? home.municipality.code : home.is === 'several' ? home.municipalities.map((m) => m.code).join(' ') : home.is;
};

test('a postcode is found by the longest prefix, in the own network before the others', () => {
  assert.equal(found('87100', 'kainuu'), '205');
  assert.equal(found('88250', 'kainuu'), '205');
  assert.equal(found('88200', 'kainuu'), '620');
  assert.equal(found('88250', 'espoo'), '999');
  assert.equal(found('02100', 'kainuu'), '049');
  assert.equal(found('8710', 'kainuu'), 'typing');
  assert.equal(found('00100', 'kainuu'), 'nowhere');
});

test('a postcode with two municipalities is asked about', () => {
  assert.equal(found('88250'), '999 205');
  const shared = network('x', [
    ['1', '50'],
    ['2', '50'],
  ]);
  const home = homeOf('50100', [shared], 'x');
  assert.equal(home.is, 'several');
  assert.deepEqual(homeAsked({ noAddress: false, municipality: '2', postalCode: '50100' }, home), { municipality: '2' });
});

test('the own municipalities stand first, each once', () => {
  assert.deepEqual(
    municipalities(ALL, 'kainuu').map((m) => m.code),
    ['205', '290', '620', '049', '999'],
  );
});

test('the rules of a day are the latest that apply by then', () => {
  const later = { ...RULES, min_age: 18 };
  const changed = network('x', [], { coming: [{ from: '2027-01-01', rules: later }] });
  assert.equal(rulesOn(changed, '2026-12-31').min_age, 16);
  assert.equal(rulesOn(changed, '2027-01-01').min_age, 18);
});

test('days are counted as the server counts them', () => {
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addMonths('2028-02-29', 12), '2029-02-28');
  assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
  assert.deepEqual(validity('2026-11-22', RULES), { first: '2026-11-22', last: '2027-11-21' });
});

test('a renewal goes on from the last day, also in grace, and begins anew after it', () => {
  const pass = { last: '2026-11-21', grace_days: 30 };
  assert.equal(renewal(pass, RULES, '2026-11-01'), '2027-11-21');
  assert.equal(renewal(pass, RULES, '2026-12-21'), '2027-11-21');
  assert.equal(renewal(pass, RULES, '2026-12-22'), '2027-12-21');
});

const KNOWN = homeOf('87100', ALL, 'kainuu');
const FACTS = { ...noFacts('fi'), birthYear: '1987', postalCode: '87100', children: '2' };

test('three facts make a card', () => {
  assert.deepEqual(wrongIn(FACTS, KNOWN, RULES, '2026-11-22'), {});
  assert.deepEqual(newPass(FACTS, KNOWN, '1', '2026-11-22'), {
    postal_code: '87100',
    birth_year: 1987,
    children: 2,
    language: 'fi',
    terms_version: '1',
    terms_day: '2026-11-22',
  });
});

test('what is missing or cannot be is said at its field', () => {
  const wrong = (some: object, home = KNOWN) => wrongIn({ ...FACTS, ...some }, home, RULES, '2026-11-22');
  assert.deepEqual(wrong({ birthYear: '198' }), { birthYear: 'year' });
  assert.deepEqual(wrong({ birthYear: '2027' }), { birthYear: 'year' });
  assert.deepEqual(wrong({ birthYear: '2011' }), { birthYear: 'too_young' });
  assert.deepEqual(wrong({ birthYear: '2010' }), {});
  assert.deepEqual(wrong({ children: '16' }), { children: 'children' });
  assert.deepEqual(wrong({ children: '' }), { children: 'children' });
  assert.deepEqual(wrong({ noAddress: true }), { municipality: 'choose' });
  assert.deepEqual(wrong({}, { is: 'typing' }), { postalCode: 'postcode' });
  assert.deepEqual(wrong({}, { is: 'nowhere' }), { postalCode: 'nowhere' });
});

test("a unit's own card has no birth year, children or answers, whatever was typed before", () => {
  const body = newPass({ ...FACTS, community: true, answers: { gender: 'man' } }, KNOWN, '1', '2026-11-22');
  assert.deepEqual(Object.keys(body).sort(), ['community', 'language', 'postal_code', 'terms_day', 'terms_version']);
});

test('answers that were not given are not sent', () => {
  const body = newPass({ ...FACTS, answers: { gender: '', life_situation: 'student' } }, KNOWN, '1', '2026-11-22');
  assert.deepEqual(body.answers, { life_situation: 'student' });
});

test('a card that may have been made is asked for again with its own key and its own facts', () => {
  const body = newPass(FACTS, KNOWN, '1', '2026-11-22');
  const first = attemptOf(undefined, body);
  const again = attemptOf(first, { ...body, children: 5 });
  assert.equal(again, first);
  assert.notEqual(attemptOf(undefined, body).key, first.key);
  for (const code of ['no_network', 'timeout', 'unavailable', 'internal']) assert.ok(isUnanswered({ status: 0, code }), code);
  for (const code of ['too_young', 'session_ended', 'key_reused']) assert.ok(!isUnanswered({ status: 422, code }), code);
});

const NOW = Date.parse('2026-11-22T10:00:00Z');
const PASS: PassOfWorker = {
  id: 'p',
  version: 1,
  number: '6478515814',
  network: 'kainuu',
  community: false,
  municipality: '205',
  children: 0,
  language: 'fi',
  terms_version: '1',
  terms_day: '2026-01-01',
  state: 'active',
  first: '2026-01-01',
  last: '2026-12-31',
  grace_days: 30,
  issued_by: 'w',
  issued_at: '2026-01-01T10:00:00Z',
  recovery_code: false,
};

test('how a card stands is one word, and the first that fits', () => {
  const stands = (some: Partial<PassOfWorker>, today = '2026-11-22', of: Network | undefined = KAINUU) =>
    standingOf({ ...PASS, ...some }, NOW, today, of);
  const code = { expires: '2026-11-23T10:00:00Z', new_phone: false };
  assert.equal(stands({}), 'in_use');
  assert.equal(stands({ state: 'issued' }), 'unused');
  assert.equal(stands({ state: 'issued', activation: code }), 'waiting');
  assert.equal(stands({ state: 'issued', activation: { ...code, expires: '2026-11-22T09:00:00Z' } }), 'unused');
  assert.equal(stands({}, '2027-01-01'), 'grace');
  assert.equal(stands({}, '2027-01-30'), 'grace');
  assert.equal(stands({}, '2027-01-31'), 'ended_by_day');
  assert.equal(stands({ state: 'suspended' }), 'paused');
  assert.equal(stands({ state: 'revoked' }, '2028-01-01'), 'ended');
  assert.equal(stands({}, '2026-11-22', network('p', [], { status: 'pilot', last: '2026-11-21' })), 'ended_by_day');
});

test('only what can be done is offered, and a phone that carries the card changes what comes first', () => {
  const phone = { since: '2026-02-01T10:00:00Z' };
  assert.equal(deedsOf(PASS, 'unused')[0], 'give_code');
  assert.equal(deedsOf({ ...PASS, phone }, 'in_use')[0], 'new_phone');
  assert.deepEqual(deedsOf(PASS, 'ended'), ['erase']);
  assert.equal(deedsOf(PASS, 'paused')[0], 'resume');
  assert.ok(!deedsOf({ ...PASS, phone }, 'paused').includes('new_phone'));
  assert.equal(deedsOf(PASS, 'ended_by_day')[0], 'renew');
  assert.equal(undoLeft({ ...PASS, undo_until: '2026-11-22T11:00:00Z' }, NOW), 3_600_000);
  assert.equal(undoLeft({ ...PASS, undo_until: '2026-11-22T09:00:00Z' }, NOW), 0);
});

const withCheck = (digits: string): string => digits + checkDigit(digits);

test('each mix-up of digits is told apart', () => {
  const why = (typed: string, wanted: 'pass_number' | 'request') => {
    const read = readTyped(typed, wanted);
    return read.ok ? 'ok' : read.why;
  };
  assert.equal(why(withCheck('512345678'), 'pass_number'), 'ok');
  assert.equal(why(withCheck('112345678'), 'pass_number'), 'activation');
  assert.equal(why(withCheck('012345678'), 'pass_number'), 'recovery');
  assert.equal(why(withCheck('812345678'), 'pass_number'), 'paper_number');
  assert.equal(why(withCheck('1234567'), 'pass_number'), 'request');
  assert.equal(why(withCheck('1234567'), 'request'), 'ok');
  assert.equal(why(withCheck('9234567'), 'request'), 'spoken');
  assert.equal(why('  ', 'request'), 'empty');
  assert.equal(why('123', 'request'), 'length');
  assert.equal(why('12x45678', 'request'), 'characters');
});

test('an address is spelt so that it can be typed by ear', () => {
  assert.equal(spelt('kortti.fi', 'fi'), 'K\u00a0O\u00a0R\u00a0T\u00a0T\u00a0I – piste – F\u00a0I');
  assert.equal(spelt('a-b.se:80', 'sv'), 'A – bindestreck – B – punkt – S\u00a0E – kolon – 8\u00a00');
});

test('filters ask for what is filled in, and the ready lists for what they are', () => {
  assert.deepEqual(asked('all', NO_FILTER), {});
  assert.deepEqual(asked('unused', { ...NO_FILTER, state: 'active', children: '0' }), { state: 'issued', children: 0 });
  assert.deepEqual(asked('asked', { ...NO_FILTER, mine: true, birthYear: '1987' }), { asked: true, issued_by: 'me', birth_year: 1987 });
  assert.deepEqual(wrongFilter({ ...NO_FILTER, month: '2026-13', postalCode: '871', children: '16' }), {
    month: true,
    postalCode: true,
    children: true,
  });
});

test('filters are to be taken away only where there are some', () => {
  assert.equal(noneOf('all', NO_FILTER), 'no_cards');
  assert.equal(noneOf('asked', { ...NO_FILTER }), 'no_cards_in_list');
  assert.equal(noneOf('asked', { ...NO_FILTER, mine: true }), 'no_hits');
});

test('a path is one screen or none', () => {
  assert.deepEqual(placeOf('/desk'), { at: 'cards' });
  assert.deepEqual(placeOf('/desk/pass/abc'), { at: 'card', id: 'abc' });
  assert.deepEqual(placeOf('/desk/pass/abc/give'), { at: 'give', id: 'abc' });
  assert.deepEqual(placeOf('/desk/pass/abc/other'), { at: 'nowhere' });
  assert.deepEqual(placeOf('/desk/other'), { at: 'nowhere' });
});
