import { useEffect, useState } from 'preact/hooks';
import type { Language } from '../shared/types.ts';
import { type Said, wordsIn } from './words.ts';

/** The words of a holder's language, once they are there. */
export function useSaid(language: Language | undefined): Said | undefined {
  const [said, setSaid] = useState<{ language: Language; say: Said }>();
  useEffect(() => {
    if (language) void wordsIn(language).then((say) => setSaid({ language, say }));
  }, [language]);
  return said && said.language === language ? said.say : undefined;
}
