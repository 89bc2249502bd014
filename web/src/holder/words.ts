import type { CommonKey } from '../shared/words/common.ts';
import { counter, over, type Tables, translator } from '../shared/words.ts';
import type finnish from './words/fi.ts';

export type Key = keyof typeof finnish;

const fi = () => import('./words/fi.ts');

export const words: Tables<Key> = {
  fi,
  sv: () => import('./words/sv.ts'),
  en: () => import('./words/en.ts'),
  easy: () => over(fi, () => import('./words/easy.ts')),
};

/** What this page can say. */
export type Word = Key | CommonKey;

export const t = translator<Word>();
export const count = counter<Key>();
