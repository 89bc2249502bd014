// Reading the worker's QR code with the camera. Only the digits in it are taken, and filled in as if they had been typed.

import { useEffect, useRef, useState } from 'preact/hooks';
import { go } from '../../shared/route.ts';
import { Button, Link, Message, Screen } from '../../shared/ui/ui.tsx';
import { byCode, type Outcome } from '../activation.ts';
import { codeIn } from '../typed.ts';
import { t } from '../words.ts';
import { Gate, useGate } from './gate.tsx';
import { goToPass, Replace, Trouble } from './outcome.tsx';

type Problem = 'refused' | 'busy' | 'none' | 'unreadable';
type State = { is: 'asking' } | { is: 'running' } | { is: 'problem'; problem: Problem } | { is: 'read'; code: string };

export default function CameraScreen() {
  const { around, gate, goOn } = useGate();
  const [state, set] = useState<State>({ is: 'asking' });
  if (gate) return <Gate gate={gate} ios={around.ios} code={undefined} goOn={goOn} />;
  return (
    <Screen title={t('camera_title')} back="/activate">
      {state.is === 'asking' && (
        <>
          <p>{t('camera_why')}</p>
          <Button kind="primary" icon="scan" onClick={() => set({ is: 'running' })}>
            {t('camera_start')}
          </Button>
        </>
      )}
      {state.is === 'running' && (
        <Picture onCode={(code) => set({ is: 'read', code })} onProblem={(problem) => set({ is: 'problem', problem })} />
      )}
      {state.is === 'problem' && (
        <Message kind="warn" live>
          <p>{t(`camera_${state.problem}`)}</p>
          <Button onClick={() => set({ is: 'running' })}>{t('retry')}</Button>
        </Message>
      )}
      {state.is === 'read' && <Read code={state.code} again={() => set({ is: 'running' })} />}
      {state.is !== 'read' && <Link to="/activate">{t('type_code')}</Link>}
    </Screen>
  );
}

/** The camera's picture, until a code of ours is seen in it. */
function Picture({ onCode, onProblem }: { onCode: (code: string) => void; onProblem: (problem: Problem) => void }) {
  const at = useRef<HTMLVideoElement>(null);
  const [other, setOther] = useState(false);
  useEffect(() => {
    const video = at.current;
    if (!video) return;
    let camera: { stop(): void } | undefined;
    let gone = false;
    const onText = (text: string) => {
      const code = codeIn(text);
      if (gone) return;
      if (code) onCode(code);
      else setOther(true);
    };
    import('../../scan/decoder.ts').then(
      ({ openCamera }) => {
        if (!gone) camera = openCamera({ video, onText, onProblem });
      },
      () => onProblem('unreadable'),
    );
    return () => {
      gone = true;
      camera?.stop();
    };
  }, []);
  return (
    <>
      <div class="holder-camera">
        <video ref={at} playsInline muted aria-label={t('camera_picture')} />
      </div>
      <p role="status">{t(other ? 'camera_other' : 'camera_how')}</p>
    </>
  );
}

/** Nothing is used up by seeing a code: it is sent when the holder says so. */
function Read({ code, again }: { code: string; again: () => void }) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  useEffect(() => {
    // A recovery code needs the pass number too, and a birth year has its field beside the code.
    if (code.startsWith('0')) go(`/my/recover#${code}`, { replace: true });
    else if (outcome?.is === 'birth_year') go(`/activate#${code}`, { replace: true });
  }, [code, outcome]);
  const send = async (replace: boolean) => {
    setBusy(true);
    const next = await byCode(code, { replace });
    setBusy(false);
    setOutcome(next);
    if (next.is === 'active') goToPass(next.id);
  };
  return (
    <>
      <Message kind="ok" live>
        <p>{t('camera_read')}</p>
      </Message>
      <Trouble outcome={outcome} />
      <Button kind="primary" busy={busy} onClick={() => void send(false)}>
        {t(busy ? 'activating' : 'activate')}
      </Button>
      <Button onClick={again}>{t('camera_again')}</Button>
      <Replace open={outcome?.is === 'replace'} busy={busy} onYes={() => void send(true)} onNo={() => setOutcome(undefined)} />
    </>
  );
}
