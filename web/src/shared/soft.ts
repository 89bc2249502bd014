// Places at which long words of names may be divided. Words of our own carry soft hyphens in their tables; names come from data, and few
// phones know how to divide Finnish. Pure.

const LONG = /\p{L}{10,}/gu;
/** A Finnish syllable begins at the last consonant before a vowel; in Swedish that is seldom wrong. Looking back is more than Safari 15 can. */
const SYLLABLE = /\p{L}(?=[bcdfghjklmnpqrstvwxz][aeiouyåäö]\p{L}{2})/giu;

/** Puts soft hyphens between the syllables of long words. */
export const divisible = (name: string): string =>
  name.replace(LONG, (word) => word.replace(SYLLABLE, (letter, at) => (at < 2 ? letter : `${letter}\u00AD`)));
