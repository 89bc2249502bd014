import type { Tables } from '../words.ts';
import { translator } from '../words.ts';
import type fi from './fi.ts';

export type CommonKey = keyof typeof fi;

/** The words that every role needs. Easy Finnish has a table of its own. */
export const common: Tables<CommonKey> = {
  fi: () => import('./fi.ts'),
  sv: () => import('./sv.ts'),
  en: () => import('./en.ts'),
  easy: () => import('./easy.ts'),
};

export const say = translator<CommonKey>();
