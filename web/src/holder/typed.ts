// What somebody typed, pasted or scanned, before anybody is asked. Pure.

import { type DigitsKind, type DigitsReason, formatDigits, parseDigits } from '../shared/digits.ts';

/** The digits that this app takes. */
export type Wanted = Extract<DigitsKind, 'activation' | 'recovery' | 'pass_number'>;

/** What is wrong with what was typed: too little, a slip, or digits of another kind. */
export type TypedProblem = 'empty' | DigitsReason | { kind: DigitsKind };

export type Typed = { ok: true; digits: string } | { ok: false; problem: TypedProblem };

/** Reads what was typed where digits of one kind belong. */
export function readTyped(typed: string, wanted: Wanted): Typed {
  if (typed.trim() === '') return { ok: false, problem: 'empty' };
  const read = parseDigits(typed);
  if (!read.ok) return { ok: false, problem: read.reason };
  return read.kind === wanted ? { ok: true, digits: read.digits } : { ok: false, problem: { kind: read.kind } };
}

/** Whole digits in the groups in which they are read out; anything else as it was typed. */
export function grouped(typed: string): string {
  const read = parseDigits(typed);
  return read.ok ? formatDigits(read.digits) : typed;
}

/** The code in a link's fragment, a scanned link or scanned digits. Where the link leads does not count: only its digits are taken. */
export function codeIn(text: string): string | undefined {
  const read = parseDigits(unescaped(text.slice(text.indexOf('#') + 1)));
  return read.ok && (read.kind === 'activation' || read.kind === 'recovery') ? read.digits : undefined;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
