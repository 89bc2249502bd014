// Asking the distributor to renew the pass: one tap, and it stands first on their list.

import { useState } from 'preact/hooks';
import * as api from '../../shared/api.ts';
import type { Problem } from '../../shared/types.ts';
import { Button, Dialog, Failure, Message } from '../../shared/ui/ui.tsx';
import { dayOf } from '../../shared/words.ts';
import { changeActive } from '../carried.ts';
import { asPhone, met } from '../contact.ts';
import type { Active } from '../kept.ts';
import { passOf } from '../standing.ts';
import { t } from '../words.ts';

export default function Renew({ c, onClose }: { c: Active; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const ask = async () => {
    setBusy(true);
    setProblem(undefined);
    const answer = await api.askToRenew(asPhone(c));
    setBusy(false);
    if (answer.ok) return void (await changeActive(c.id, (now) => ({ ...now, pass: passOf(answer.value) })));
    await met(c, answer.problem);
    setProblem(answer.problem);
  };
  const asked = c.pass.renew_asked;
  const button = (
    <Button kind="primary" busy={busy} onClick={() => void ask()}>
      {t('ask_renew')}
    </Button>
  );
  return (
    <Dialog title={t('ask_renew')} open onClose={onClose} actions={asked ? undefined : button}>
      {asked ? (
        <Message kind="ok" live>
          <p>{t('renew_asked', { d: dayOf(asked) })}</p>
          <p>{t('renew_next')}</p>
        </Message>
      ) : (
        <p>{t('renew_how')}</p>
      )}
      {problem && <Failure problem={problem} />}
    </Dialog>
  );
}
