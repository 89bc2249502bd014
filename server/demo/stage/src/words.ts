// The words of the stage, in three languages. A page has all of them: they are few.

import type { Language } from './messages.ts';
import { en } from './words/en.ts';
import { fi } from './words/fi.ts';
import { sv } from './words/sv.ts';

export type Key = keyof typeof en;
export type Words = Readonly<Record<Key, string>>;

const TABLES: Readonly<Record<Language, Words>> = { en, fi, sv };
export const LANGUAGES: readonly Language[] = ['fi', 'sv', 'en'];
export const OWN_NAMES: Readonly<Record<Language, string>> = { fi: 'Suomi', sv: 'Svenska', en: 'English' };

/** The first of the languages that a browser wants which there is here; English, if it wants none of them. */
export const preferred = (wanted: readonly string[]): Language =>
  wanted.map((w) => LANGUAGES.find((l) => w.toLowerCase().startsWith(l))).find((l) => l !== undefined) ?? 'en';

export type Say = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

export const speaker =
  (language: Language): Say =>
  (key, values) =>
    TABLES[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values?.[name] ?? whole));
