// The words of signing in. A role that people sign in to gives `signInWords` to start() beside its own.

import type { CommonKey } from '../words/common.ts';
import { counter, type Tables, translator } from '../words.ts';
import type fi from './words/fi.ts';

export type SignInKey = keyof typeof fi;

export const signInWords: Tables<SignInKey> = {
  fi: () => import('./words/fi.ts'),
  sv: () => import('./words/sv.ts'),
  en: () => import('./words/en.ts'),
  easy: () => import('./words/fi.ts'),
};

export const tell = translator<SignInKey | CommonKey>();
export const tellCount = counter<SignInKey>();
