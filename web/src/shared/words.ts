// Languages and words. A page has one table in memory: the shared words and its role's, in the language that was chosen.

import { keep, kept } from './db.ts';
import type { Day, Instant, Language, Text } from './types.ts';

/** Finnish, Swedish as written in Finland, English, and easy Finnish (selkosuomi). */
export type Lang = Language | 'easy';

export const LANGS: readonly Lang[] = ['fi', 'sv', 'en', 'easy'];

/** Each language's own name, so that everybody finds the own one. */
export const OWN_NAMES: Readonly<Record<Lang, string>> = { fi: 'Suomi', sv: 'Svenska', en: 'English', easy: 'Selkosuomi' };

const LOCALES: Readonly<Record<Lang, string>> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB', easy: 'fi-FI' };
const ZONE = 'Europe/Helsinki';
const NAME = 'language';

/** A table of one language: a key and its words, with {names} for what is filled in. */
export type Table<K extends string = string> = Readonly<Record<K, string>>;
/** A table of each language, loaded when it is wanted. */
export type Tables<K extends string = string> = Readonly<Record<Lang, () => Promise<{ default: Table<K> }>>>;

/** A table in which some words stand in the place of another's: each is a file that nothing else holds fast. */
export async function over<K extends string>(
  base: () => Promise<{ default: Table<K> }>,
  own: () => Promise<{ default: Partial<Table<K>> }>,
): Promise<{ default: Table<K> }> {
  const [below, above] = await Promise.all([base(), own()]);
  return { default: { ...below.default, ...above.default } };
}

let lang: Lang = 'fi';
let words: Table = {};
let tables: readonly Tables[] = [];
const listeners = new Set<() => void>();

export const language = (): Lang => lang;
/** The language as HTML and the server know it. */
export const plainLanguage = (): Language => (lang === 'easy' ? 'fi' : lang);

/** Tells when the words have changed. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Chooses the language of this start: what was chosen before, else what the browser prefers. */
export async function startWords(all: readonly Tables[]): Promise<void> {
  tables = all;
  const chosen = await kept<Lang>(NAME).catch(() => undefined);
  await load(chosen && LANGS.includes(chosen) ? chosen : preferred(navigator.languages));
}

export function preferred(wanted: readonly string[]): Lang {
  for (const w of wanted) {
    const found = LANGS.find((l) => l !== 'easy' && w.toLowerCase().startsWith(l));
    if (found) return found;
  }
  return 'fi';
}

async function load(next: Lang): Promise<void> {
  const loaded = await Promise.all(tables.map((t) => t[next]()));
  words = Object.assign({}, ...loaded.map((m) => m.default)) as Table;
  lang = next;
  document.documentElement.lang = plainLanguage();
  for (const tell of listeners) tell();
}

/** Changes the language, here and for the next start. */
export async function choose(next: Lang): Promise<void> {
  await load(next);
  await keep(NAME, next).catch(() => undefined);
}

export type Filled = Readonly<Record<string, string | number>>;

export function fill(sentence: string, values?: Filled): string {
  return values ? sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : sentence;
}

/** How a role says its words. */
export const translator =
  <K extends string>() =>
  (key: K, values?: Filled): string =>
    fill(words[key] ?? key, values);

type Counted<K extends string> = K extends `${infer Stem}_one` ? Stem : never;

/** Words that depend on a number, kept as `stem_one` and `stem_other`; {n} is the number. */
export const counter =
  <K extends string>() =>
  (stem: Counted<K>, n: number, values?: Filled): string => {
    const form = new Intl.PluralRules(LOCALES[lang]).select(n) === 'one' ? 'one' : 'other';
    return fill(words[`${stem}_${form}`] ?? stem, { ...values, n });
  };

/** Whether there are words under a key that only data knows. */
export const has = (key: string): boolean => key in words;
export const lookup = (key: string, values?: Filled): string => fill(words[key] ?? '', values);

/** A text of a venue in the reader's language, or in another one that it has. `lang` is for the element around it. */
export function textOf(text: Text | undefined): { text: string; lang: Language } {
  const own = plainLanguage();
  for (const l of [own, 'fi', 'sv', 'en'] as const) {
    const found = text?.[l];
    if (found) return { text: found, lang: l };
  }
  return { text: '', lang: own };
}

/** A day, as people write it: 31.5.2027. */
export function dayOf(day: Day): string {
  return format({ dateStyle: 'medium' }, Date.parse(`${day}T12:00:00Z`));
}

/** The day of a moment, in Helsinki. */
export const dayAt = (at: Instant | number): string => format({ dateStyle: 'medium' }, moment(at));
/** The time of day of a moment: 18.42. */
export const timeAt = (at: Instant | number): string => format({ timeStyle: 'short' }, moment(at));
export const dayAndTime = (at: Instant | number): string => format({ dateStyle: 'medium', timeStyle: 'short' }, moment(at));
/** With the day of the week: la 12.6. klo 18.00; with the year where somebody could think of another one. */
export const weekdayAndTime = (at: Instant | number, year = false): string =>
  format(
    { weekday: 'short', day: 'numeric', month: 'numeric', ...(year ? { year: 'numeric' } : {}), hour: '2-digit', minute: '2-digit' },
    moment(at),
  );

const moment = (at: Instant | number): number => (typeof at === 'number' ? at : Date.parse(at));
const format = (options: Intl.DateTimeFormatOptions, at: number): string =>
  new Intl.DateTimeFormat(LOCALES[lang], { timeZone: ZONE, ...options }).format(at);

/** The day in Helsinki of a moment, as YYYY-MM-DD. */
export function helsinkiDay(at: number): Day {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

/** Whether this device shows Finland's time of day: its time zone is the same, or one that goes as it does at that moment. */
export function isHelsinkiHere(at: number): boolean {
  const shown = (timeZone?: string) =>
    new Intl.DateTimeFormat('sv-SE', { ...(timeZone ? { timeZone } : {}), dateStyle: 'short', timeStyle: 'short' }).format(at);
  return shown() === shown(ZONE);
}

export const number = (n: number): string => new Intl.NumberFormat(LOCALES[lang]).format(n);
