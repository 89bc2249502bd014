// What a worker typed to find a card, or to make a phone active. Every mix-up has a sentence of its own. Pure.

import { type DigitsKind, formatDigits, parseDigits } from '../shared/digits.ts';

export type Typed = { ok: true; digits: string } | { ok: false; why: 'empty' | 'length' | 'check' | 'characters' | DigitsKind };

export function readTyped(typed: string, wanted: 'pass_number' | 'request'): Typed {
  if (typed.trim() === '') return { ok: false, why: 'empty' };
  const read = parseDigits(typed);
  if (!read.ok) return { ok: false, why: read.reason };
  return read.kind === wanted ? { ok: true, digits: read.digits } : { ok: false, why: read.kind };
}

/** Digits in groups between which a line may break: at twice the size a number has no room on one. */
export const grouped = (digits: string): string => formatDigits(digits).replaceAll('\u00a0', ' ');
