// Eight digits to say at a door, where no camera can read the code.

import { useEffect, useState } from 'preact/hooks';
import * as api from '../../shared/api.ts';
import { formatDigits } from '../../shared/digits.ts';
import type { Problem } from '../../shared/types.ts';
import { Button, Dialog, Failure, Skeleton } from '../../shared/ui/ui.tsx';
import { asPhone, met } from '../contact.ts';
import type { Active } from '../kept.ts';
import { TimeLeft } from '../timeleft.tsx';
import { t } from '../words.ts';

type State = { is: 'asking' } | { is: 'shown'; code: string; until: number } | { is: 'ended' } | { is: 'failed'; problem: Problem };

export default function Spoken({ c, onClose }: { c: Active; onClose: () => void }) {
  const [state, set] = useState<State>({ is: 'asking' });
  const ask = async () => {
    set({ is: 'asking' });
    const answer = await api.spokenCode(asPhone(c));
    if (answer.ok) return set({ is: 'shown', code: answer.value.code, until: Date.parse(answer.value.until) });
    await met(c, answer.problem);
    set({ is: 'failed', problem: answer.problem });
  };
  useEffect(() => void ask(), []);
  return (
    <Dialog title={t('say_code')} open onClose={onClose}>
      {state.is === 'asking' && <Skeleton rows={1} />}
      {state.is === 'failed' && <Failure problem={state.problem} retry={() => void ask()} />}
      {state.is === 'shown' && (
        <>
          <p>{t('say_code_how')}</p>
          <output class="digits-shown">{formatDigits(state.code)}</output>
          <TimeLeft until={state.until} onEnd={() => set({ is: 'ended' })} />
        </>
      )}
      {state.is === 'ended' && (
        <>
          <p role="status">{t('say_code_ended')}</p>
          <Button kind="primary" onClick={() => void ask()}>
            {t('say_code_new')}
          </Button>
        </>
      )}
    </Dialog>
  );
}
