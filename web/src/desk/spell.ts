// An address as it is read out on the telephone. Pure.

import type { Language } from '../shared/types.ts';

const SIGNS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  fi: { '.': 'piste', '-': 'väliviiva', ':': 'kaksoispiste', '/': 'kauttaviiva' },
  sv: { '.': 'punkt', '-': 'bindestreck', ':': 'kolon', '/': 'snedstreck' },
  en: { '.': 'dot', '-': 'hyphen', ':': 'colon', '/': 'slash' },
};

/** Letter by letter, in groups where a sign stands: `kortti.fi` is `K O R T T I – piste – F I`. */
export function spelt(address: string, language: Language): string {
  const groups = address.match(/[\p{L}]+|\d+|[^\p{L}\d]/gu) ?? [];
  return groups.map((g) => SIGNS[language][g] ?? [...g.toUpperCase()].join('\u00a0')).join(' – ');
}
