// The words of the audit log. A role that shows it gives `auditWords` to start() beside its own.

import type { CommonKey } from '../words/common.ts';
import { type Tables, translator } from '../words.ts';
import type fi from './words/fi.ts';

export type AuditKey = keyof typeof fi;

export const auditWords: Tables<AuditKey> = {
  fi: () => import('./words/fi.ts'),
  sv: () => import('./words/sv.ts'),
  en: () => import('./words/en.ts'),
  easy: () => import('./words/fi.ts'),
};

export const told = translator<AuditKey | CommonKey>();
