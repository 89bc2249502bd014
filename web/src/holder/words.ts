import type { CommonKey } from '../shared/words/common.ts';
import { counter, type Tables, translator } from '../shared/words.ts';
import type fi from './words/fi.ts';

export type Key = keyof typeof fi;

export const words: Tables<Key> = {
  fi: () => import('./words/fi.ts'),
  sv: () => import('./words/sv.ts'),
  en: () => import('./words/en.ts'),
  easy: () => import('./words/easy.ts'),
};

/** What this page can say. */
export type Word = Key | CommonKey;

export const t = translator<Word>();
export const count = counter<Key>();
