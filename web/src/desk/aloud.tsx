import type { PassOfWorker } from '../shared/types.ts';
import { Check } from '../shared/ui/ui.tsx';
import { municipalityName } from './badge.tsx';
import { useNetworks } from './loaded.ts';
import { grouped } from './number.ts';
import { t } from './words.ts';

/** Two facts that only the holder says: nobody else gets a card onto a phone by telephone. A unit's own card has none to ask. */
export function AskedAloud({ pass, checked, onChange }: { pass: PassOfWorker; checked: boolean; onChange: (on: boolean) => void }) {
  const { networks } = useNetworks();
  if (pass.community)
    return (
      <Check checked={checked} onChange={onChange}>
        {t('aloud_community', { number: grouped(pass.number) })}
      </Check>
    );
  const home = pass.postal_code ?? municipalityName(pass.municipality, networks);
  return (
    <div class="desk-aloud">
      <p>{t('aloud_text')}</p>
      <dl>
        <dt>{t('aloud_year')}</dt>
        <dd>{pass.birth_year}</dd>
        <dt>{t(pass.postal_code ? 'aloud_postcode' : 'aloud_municipality')}</dt>
        <dd>{home}</dd>
      </dl>
      <Check checked={checked} onChange={onChange}>
        {t('aloud_right')}
      </Check>
    </div>
  );
}
