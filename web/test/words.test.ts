// What people read: nothing that singles somebody out where holders and stewards look, short sentences for holders, and the same things
// filled in in every language.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import deskEn from '../src/desk/words/en.ts';
import deskFi from '../src/desk/words/fi.ts';
import deskSv from '../src/desk/words/sv.ts';
import holderEasy from '../src/holder/words/easy.ts';
import holderEn from '../src/holder/words/en.ts';
import holderFi from '../src/holder/words/fi.ts';
import holderSv from '../src/holder/words/sv.ts';
import officeEn from '../src/office/words/en.ts';
import officeFi from '../src/office/words/fi.ts';
import officeSv from '../src/office/words/sv.ts';
import scanEn from '../src/scan/words/en.ts';
import scanFi from '../src/scan/words/fi.ts';
import scanSv from '../src/scan/words/sv.ts';
import commonEasy from '../src/shared/words/easy.ts';
import commonEn from '../src/shared/words/en.ts';
import commonFi from '../src/shared/words/fi.ts';
import commonSv from '../src/shared/words/sv.ts';

type Table = Readonly<Record<string, string>>;
type Tables = Readonly<Record<string, Table>>;

const COMMON: Tables = { fi: commonFi, sv: commonSv, en: commonEn, easy: { ...commonFi, ...commonEasy } };
const HOLDER: Tables = { fi: holderFi, sv: holderSv, en: holderEn, easy: { ...holderFi, ...holderEasy } };
const SCAN: Tables = { fi: scanFi, sv: scanSv, en: scanEn };
const DESK: Tables = { fi: deskFi, sv: deskSv, en: deskEn };
const OFFICE: Tables = { fi: officeFi, sv: officeSv, en: officeEn };
const ALL: Readonly<Record<string, Tables>> = { common: COMMON, holder: HOLDER, scan: SCAN, desk: DESK, office: OFFICE };

/** Words that say something of the person who holds the pass. */
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  fi: /vähävarai|köyh|\btuki|\btuet|etuus|etuu|asiakas|asiakka|sosiaali|ilmai[sn]/i,
  sv: /fattig|mindre bemedl|låginkomst|bidrag|klient|\bsocial|gratis/i,
  en: /\b(poor|low-income|benefit|welfare|client|charity|free ticket)/i,
};

const rows = (table: Table): [key: string, text: string][] => Object.entries(table).map(([k, v]) => [k, v.replaceAll('\u00AD', '')]);
const forbidden = (language: string): RegExp | undefined => FORBIDDEN[language === 'easy' ? 'fi' : language];

test('nothing that a holder or a steward reads says what sort of person has a pass', () => {
  for (const [role, tables] of Object.entries({ COMMON, HOLDER, SCAN })) {
    for (const [language, table] of Object.entries(tables)) {
      for (const [key, text] of rows(table)) assert.doesNotMatch(text, forbidden(language) ?? /^$/, `${role} ${language} ${key}`);
    }
  }
});

const MOST_WORDS = 15;

/** Sentences end at a full stop that is followed by a space: "kl. 18.05" and "9.12." do not end one. */
const sentences = (text: string): string[] => text.split(/(?<=\p{L}[.!?…”])\s+(?=[\p{Lu}{”“])/u);

test('no sentence for holders has more than 15 words', () => {
  for (const [language, table] of [...Object.entries(HOLDER), ...Object.entries(COMMON)]) {
    for (const [key, text] of rows(table)) {
      for (const sentence of sentences(text)) {
        const n = sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}{]/u.test(word)).length;
        assert.ok(n <= MOST_WORDS, `${language} ${key} has ${n} words: ${sentence}`);
      }
    }
  }
});

const names = (text: string): string => [...new Set(text.match(/\{\w+\}/g))].sort().join(' ');

test('every language fills in the same', () => {
  for (const [role, tables] of Object.entries(ALL)) {
    for (const [language, table] of Object.entries(tables)) {
      for (const [key, text] of rows(table)) {
        const finnish = tables.fi?.[key] ?? '';
        assert.notEqual(text, '', `${role} ${language} ${key} is empty`);
        // "1 child" may be written out.
        const one = key.endsWith('_one') ? (s: string) => s.replace('{n}', '') : (s: string) => s;
        assert.equal(names(one(text)), names(one(finnish)), `${role} ${language} ${key}`);
      }
    }
  }
});

test('every language has the same keys', () => {
  for (const [role, tables] of Object.entries(ALL)) {
    const keys = Object.keys(tables.fi ?? {}).sort();
    for (const [language, table] of Object.entries(tables)) assert.deepEqual(Object.keys(table).sort(), keys, `${role} ${language}`);
  }
});

test('what depends on a number has a form for one and a form for the others', () => {
  for (const [role, tables] of Object.entries(ALL)) {
    const keys = Object.keys(tables.fi ?? {});
    for (const key of keys) {
      const stem = /^(.*)_one$/.exec(key)?.[1];
      if (stem) assert.ok(keys.includes(`${stem}_other`), `${role} ${key}`);
    }
  }
});

test('a holder on the telephone finds the words that the worker reads out, also in easy Finnish', () => {
  const plain = (text: string | undefined): string => (text ?? '').replaceAll('\u00AD', '');
  for (const [language, holder] of Object.entries(HOLDER)) {
    const desk = DESK[language] ?? DESK.fi;
    assert.equal(plain(holder.way_digits), plain(desk?.bind_label), language);
    const [toType = ''] = /(?<= )\p{Lu}.*(?=\.$)/u.exec(plain(desk?.script_type)) ?? [];
    assert.ok(toType && plain(holder.type_code).startsWith(toType), `${language}: ${toType}`);
  }
});

test('easy Finnish is a text of its own', () => {
  const all = rows(HOLDER.easy ?? {});
  const own = all.filter(([key, text]) => text !== (HOLDER.fi?.[key] ?? '').replaceAll('\u00AD', ''));
  assert.ok(own.length >= all.length * 0.3, `${own.length} of ${all.length} differ`);
});

test('easy Finnish has no long words of the office', () => {
  for (const [key, text] of rows(holderEasy)) {
    if (text === HOLDER.fi?.[key]) continue;
    assert.doesNotMatch(text, /käyttöönot|vanhentun|voimassaolo|tunniste|todistu|saavutettavuusselos|tietosuoja/i, key);
  }
});
