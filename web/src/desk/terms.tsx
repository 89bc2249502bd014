import type { Language } from '../shared/types.ts';
import { useSaid } from './said.ts';
import { t } from './words.ts';

/** The version of the terms that stand in the words; whoever changes them counts it up. */
export const TERMS = '2';

const OF_A_PERSON = ['terms_1', 'terms_2', 'terms_3', 'terms_4', 'terms_5', 'terms_6'] as const;
const OF_A_UNIT = ['terms_7', 'terms_5'] as const;

/** What the holder agrees to, to be read out in the holder's language. */
export function Terms({ language, community, open }: { language: Language; community: boolean; open: boolean }) {
  const said = useSaid(language);
  return (
    <details class="desk-fold" open={open}>
      <summary>{t('terms', { version: TERMS })}</summary>
      <p class="hint">{t('terms_read')}</p>
      {said && (
        <ul lang={language} class="desk-terms">
          {(community ? OF_A_UNIT : OF_A_PERSON).map((key) => (
            <li key={key}>{said(key)}</li>
          ))}
        </ul>
      )}
    </details>
  );
}
