// What a person types at a door: each mix-up has a sentence of its own, and is found before anybody is asked.

import { parseDigits, parseReservationCode } from '../shared/digits.ts';
import type { Key } from './words.ts';

export type TypedRead = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: Key };

/** Reads a paper number, a spoken code or a reservation code. A pass number is accepted at no door. */
export function readTyped(typed: string): TypedRead {
  const digits = parseDigits(typed);
  if (digits.ok) {
    switch (digits.kind) {
      case 'paper_number':
      case 'spoken':
        return { ok: true, text: digits.digits };
      case 'pass_number':
        return { ok: false, why: 'typed_pass_number' };
      case 'activation':
        return { ok: false, why: 'typed_activation' };
      case 'recovery':
        return { ok: false, why: 'typed_recovery' };
      case 'request':
        return { ok: false, why: 'typed_request' };
    }
  }
  const reservation = parseReservationCode(typed);
  if (reservation) return { ok: true, text: reservation };
  return { ok: false, why: digits.reason === 'check' ? 'typed_wrong' : 'typed_length' };
}
