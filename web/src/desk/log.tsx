import { useState } from 'preact/hooks';
import { AuditList } from '../shared/audit/audit.tsx';
import { Check, Screen } from '../shared/ui/ui.tsx';
import { CARDS, cardPath } from './routes.ts';
import { t } from './words.ts';

/** What was done at the own organisation; one's own deeds alone, if one wishes. */
export function LogScreen() {
  const [mine, setMine] = useState(true);
  return (
    <Screen title={t('log')} back={CARDS}>
      <Check checked={mine} onChange={setMine}>
        {t('log_mine')}
      </Check>
      <AuditList key={String(mine)} mine={mine} passPath={cardPath} />
    </Screen>
  );
}
