import type { Tables } from '../words.ts';
import { over, translator } from '../words.ts';
import type finnish from './fi.ts';

export type CommonKey = keyof typeof finnish;

const fi = () => import('./fi.ts');

/** The words that every role needs. Easy Finnish has a table of its own. */
export const common: Tables<CommonKey> = {
  fi,
  sv: () => import('./sv.ts'),
  en: () => import('./en.ts'),
  easy: () => over(fi, () => import('./easy.ts')),
};

export const say = translator<CommonKey>();
