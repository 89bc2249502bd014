import type { Language } from '../shared/types.ts';
import type { CommonKey } from '../shared/words/common.ts';
import { counter, type Filled, fill, type Tables, translator } from '../shared/words.ts';
import type fi from './words/fi.ts';

export type Key = keyof typeof fi;

export const words: Tables<Key> = {
  fi: () => import('./words/fi.ts'),
  sv: () => import('./words/sv.ts'),
  en: () => import('./words/en.ts'),
  easy: () => import('./words/fi.ts'),
};

export const t = translator<Key | CommonKey>();
export const count = counter<Key>();

/** Says words in one language, whatever the page's: what is printed for a holder, or read out to one, is in the holder's. */
export type Said = (key: Key, values?: Filled) => string;

export async function wordsIn(language: Language): Promise<Said> {
  const table = (await words[language]()).default;
  return (key, values) => fill(table[key], values);
}

const LOCALES: Readonly<Record<Language, string>> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' };

/** A day as it is written in a language: 31.5.2027. */
export const dayIn = (language: Language, day: string): string =>
  new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(`${day}T12:00:00Z`));
/** A moment with the day of the week, in Helsinki. */
export const momentIn = (language: Language, at: string): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    timeZone: 'Europe/Helsinki',
    weekday: 'short',
    day: 'numeric',
    month: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(Date.parse(at));
