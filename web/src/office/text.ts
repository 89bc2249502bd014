// Texts in up to three languages, as they are typed. Pure.

import type { Text } from '../shared/types.ts';

/** A text without the languages in which nothing was written. */
export function writtenText(text: Text): Text {
  const all = Object.entries(text).map(([language, words]) => [language, words.trim()] as const);
  return Object.fromEntries(all.filter(([, words]) => words !== ''));
}

export const isEmptyText = (text: Text): boolean => Object.keys(writtenText(text)).length === 0;
