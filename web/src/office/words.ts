import type { CommonKey } from '../shared/words/common.ts';
import { counter, type Tables, translator } from '../shared/words.ts';
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
