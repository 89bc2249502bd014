// Digits that people type, read aloud and paste; and the codes of letters and digits. Pure: nothing is asked of anybody.
//
// Ten digits (3-3-4) and eight digits (4-4) end in a check digit, and the first one says what they are, so that each mix-up can have a
// sentence of its own.

/** What typed digits are. Ten: recovery 0, activation 1–4, pass number 5–7, paper number 8–9. Eight: request 1–4, spoken 5–9. */
export type DigitsKind = 'recovery' | 'activation' | 'pass_number' | 'paper_number' | 'request' | 'spoken';

/** Why typed digits are nothing: not ten or eight of them, the check digit does not fit, or there is more than digits. */
export type DigitsReason = 'length' | 'check' | 'characters';

/** What was typed. `digits` has nothing between them, as the server takes them. */
export type DigitsRead =
  | { readonly ok: true; readonly kind: DigitsKind; readonly digits: string }
  | { readonly ok: false; readonly reason: DigitsReason };

/** What stands between digits and says nothing: spaces of all sorts, hyphens and dashes, and the invisible marks that come with pasting. */
const BETWEEN = /[\s\p{Pd}\p{Cf}\u2212]/gu;

/** Reads ten or eight digits as a person types or pastes them. */
export function parseDigits(typed: string): DigitsRead {
  const digits = typed.replace(BETWEEN, '');
  if (/[^0-9]/.test(digits)) return { ok: false, reason: 'characters' };
  if (digits.length !== 10 && digits.length !== 8) return { ok: false, reason: 'length' };
  if (checkDigit(digits.slice(0, -1)) !== digits.slice(-1)) return { ok: false, reason: 'check' };
  const kind = kindOf(digits);
  return kind ? { ok: true, kind, digits } : { ok: false, reason: 'length' };
}

/** Eight digits that begin with 0 are nothing: most likely two of ten are missing. */
function kindOf(digits: string): DigitsKind | undefined {
  const first = Number(digits.charAt(0));
  if (digits.length === 8) return first === 0 ? undefined : first <= 4 ? 'request' : 'spoken';
  return first === 0 ? 'recovery' : first <= 4 ? 'activation' : first <= 7 ? 'pass_number' : 'paper_number';
}

/** The check digit of ISO/IEC 7064 MOD 11,10: it catches every single wrong digit and nearly every swap of two neighbours. */
export function checkDigit(digits: string): string {
  let p = 10;
  for (const digit of digits) p = (((p + Number(digit)) % 10 || 10) * 2) % 11;
  return String((11 - p) % 10);
}

/** Groups digits as they are shown: 3-3-4 or 4-4, with spaces at which no line breaks. */
export function formatDigits(digits: string): string {
  const groups = digits.length === 10 ? [0, 3, 6] : digits.length === 8 ? [0, 4] : [0];
  return groups.map((from, n) => digits.slice(from, groups[n + 1])).join('\u00a0');
}

/** A reservation code is six characters, a scanner's enrolment code ten, both of Crockford's base32. */
const RESERVATION = /^[0-9A-HJKMNP-TV-Z]{6}$/;
const ENROLMENT = /^[0-9A-HJKMNP-TV-Z]{10}$/;

/** Reads a reservation code as a person types it: case, spaces and hyphens do not count, and O, I and L are what they look like. */
export const parseReservationCode = (typed: string): string | undefined => crockford(typed, RESERVATION);

/** Reads an enrolment code in the same way. */
export const parseEnrolmentCode = (typed: string): string | undefined => crockford(typed, ENROLMENT);

function crockford(typed: string, shape: RegExp): string | undefined {
  const code = typed.replace(BETWEEN, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');
  return shape.test(code) ? code : undefined;
}

/** Shows a reservation or enrolment code in two halves, at whose space no line breaks. */
export function formatCode(code: string): string {
  const half = code.length / 2;
  return `${code.slice(0, half)}\u00a0${code.slice(half)}`;
}
