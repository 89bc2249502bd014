// The code that makes a phone a scanner, however it comes.

import { parseEnrolmentCode } from '../shared/digits.ts';

/** Reads a code as it is typed, or the link that a manager's QR code says. A link alone consumes nothing. */
export function enrolmentCode(text: string): string | undefined {
  const link = /^https?:\/\/[^#]*\/scan\/?#(.+)$/i.exec(text.trim());
  return parseEnrolmentCode(link?.[1] ?? text);
}

/** The code in the address of this page. */
export const codeInHash = (hash: string): string | undefined => parseEnrolmentCode(hash.replace(/^#/, ''));
