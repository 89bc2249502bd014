// Eight digits that the holder reads out to the worker on the telephone. The phone becomes active by itself; see waiting.tsx.

import { useEffect, useState } from 'preact/hooks';
import { formatDigits } from '../../shared/digits.ts';
import { Button, Screen, Skeleton } from '../../shared/ui/ui.tsx';
import { type Outcome, openDigits } from '../activation.ts';
import type { Held } from '../carried.ts';
import { TimeLeft } from '../timeleft.tsx';
import { t } from '../words.ts';
import { Gate, useGate } from './gate.tsx';
import { goToPass, Trouble } from './outcome.tsx';

export default function DigitsScreen({ held }: { held: Held }) {
  const { around, gate, goOn } = useGate();
  const waits = held.all.some((c) => c.request);
  // Digits that were read out already go on to wait, wherever that was.
  if (gate && !waits) return <Gate gate={gate} ios={around.ios} code={undefined} goOn={goOn} />;
  return (
    <Screen title={t('digits_title')} back="/activate">
      <Digits held={held} />
    </Screen>
  );
}

function Digits({ held }: { held: Held }) {
  const [outcome, setOutcome] = useState<Outcome>();
  const [ended, setEnded] = useState(false);
  const request = held.all.find((c) => c.request)?.request;
  const ask = async () => {
    setEnded(false);
    setOutcome(undefined);
    const next = await openDigits();
    setOutcome(next);
    if (next.is === 'active') goToPass(next.id);
  };
  useEffect(() => void ask(), []);
  if (request && !ended) {
    return (
      <>
        <p>{t('digits_how')}</p>
        <output class="digits-shown holder-digits">{formatDigits(request.digits)}</output>
        <TimeLeft key={request.id} until={Date.parse(request.expires)} onEnd={() => setEnded(true)} />
        <p role="status">{t('digits_wait')}</p>
      </>
    );
  }
  const failed = outcome?.is === 'problem' || outcome?.is === 'no_keys';
  if (!failed && (held.ready || (!ended && outcome === undefined))) return <Skeleton rows={1} />;
  return (
    <>
      {failed ? <Trouble outcome={outcome} /> : <p role="status">{t('digits_ended')}</p>}
      <Button kind="primary" onClick={() => void ask()}>
        {t('digits_new')}
      </Button>
    </>
  );
}
