import assert from 'node:assert/strict';
import { test } from 'node:test';
import en from '../src/desk/words/en.ts';
import fi from '../src/desk/words/fi.ts';
import sv from '../src/desk/words/sv.ts';

const TABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = { fi, sv, en };
/** What holders hear or get into their hands. */
const FOR_HOLDERS = /^(terms_\d|script_|sheet_|paper_(how|valid|name|picture)|ready_)/;
const NOT_FOR_HOLDERS = /^(sheet_note)/;
const MOST_WORDS = 15;

const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  fi: /vähävarai|köyh|tuki-|etuus|etuu|asiakas|sosiaali|ilmai/i,
  sv: /fattig|mindre bemedl|låginkomst|bidrag|klient|social|gratis/i,
  en: /\b(poor|low-income|benefit|welfare|client|charity|free ticket)/i,
};

const forHolders = (key: string): boolean => FOR_HOLDERS.test(key) && !NOT_FOR_HOLDERS.test(key);
const placeholders = (text: string): string => [...text.matchAll(/\{\w+\}/g)].map(String).sort().join(' ');

for (const [language, table] of Object.entries(TABLES)) {
  test(`what holders read of the desk is short, and singles nobody out (${language})`, () => {
    for (const [key, text] of Object.entries(table)) {
      assert.ok(!FORBIDDEN[language]?.test(text), `${key}: ${text}`);
      if (!forHolders(key)) continue;
      for (const sentence of text.split(/[.!?](?:\s|$)/)) {
        assert.ok(sentence.split(/\s+/).filter(Boolean).length <= MOST_WORDS, `${key}: ${sentence}`);
      }
    }
  });

  test(`the same is filled into every sentence (${language})`, () => {
    for (const [key, text] of Object.entries(table)) {
      const finnish = (fi as Record<string, string>)[key] ?? '';
      if (key.endsWith('_one')) continue;
      assert.equal(placeholders(text), placeholders(finnish), key);
      assert.notEqual(text, '', key);
    }
  });
}
