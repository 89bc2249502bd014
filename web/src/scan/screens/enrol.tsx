// Making this phone a scanner, once: by the manager's QR code or by its ten characters.

import { useState } from 'preact/hooks';
import { here } from '../../shared/around.ts';
import { formatCode, parseEnrolmentCode } from '../../shared/digits.ts';
import { lazy } from '../../shared/lazy.tsx';
import { go } from '../../shared/route.ts';
import type { Problem } from '../../shared/types.ts';
import { Button, Failure, Field, Message, Screen } from '../../shared/ui/ui.tsx';
import { enrolmentCode } from '../enrolment.ts';
import { scanner } from '../scanner.ts';
import { placeSteps } from '../steps.ts';
import { useStanding } from '../use.ts';
import { count, type Key, t } from '../words.ts';

const Camera = lazy(() => import('./camera.tsx').then((file) => file.default));

export function Enrol({ code, ended, done }: { code: string | undefined; ended: boolean; done: () => void }) {
  const { enrolment, untold } = useStanding();
  const [typed, setTyped] = useState(code ? formatCode(code) : '');
  const [error, setError] = useState<Key>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [losing, setLosing] = useState(false);
  const [camera, setCamera] = useState(false);

  const enrol = async (lose = false) => {
    const read = parseEnrolmentCode(typed);
    setProblem(undefined);
    setLosing(false);
    if (!read) return setError('enrol_wrong_code');
    setBusy(true);
    const answer = await scanner.enrol(read, lose).catch(() => 'no_keys' as const);
    setBusy(false);
    if (answer === 'no_keys') return setError('enrol_no_keys');
    if (answer === 'unsent') return setLosing(true);
    if (!answer.ok) return setProblem(answer.problem);
    done();
    go('/scan', { replace: true });
  };

  const seen = (text: string) => {
    const found = enrolmentCode(text);
    setError(found ? undefined : 'enrol_other_code');
    if (!found) return;
    setTyped(formatCode(found));
    setLosing(false);
    setCamera(false);
  };

  return (
    <Screen title={t(ended ? 'ended_title' : 'enrol')}>
      <p>{t(ended ? 'ended_about' : 'enrol_about')}</p>
      {ended && untold > 0 && (
        <Message kind="warn">
          <p>{count('ended_unsent', untold)}</p>
        </Message>
      )}
      {enrolment && !ended && (
        <Message>
          <p>{t('enrol_again', { label: enrolment.label })}</p>
          <Button onClick={done}>{t('enrol_keep')}</Button>
        </Message>
      )}
      <Steps />
      {camera && <Camera onText={seen} />}
      <Button icon="scan" onClick={() => setCamera(!camera)}>
        {t(camera ? 'enrol_stop_camera' : 'enrol_scan')}
      </Button>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          if (!busy) void enrol();
        }}
      >
        <Field
          label={t('enrol_code')}
          hint={t('enrol_code_hint')}
          class="digits"
          value={typed}
          error={error && t(error)}
          autocapitalize="characters"
          spellcheck={false}
          enterKeyHint="go"
          onInput={(value) => {
            setTyped(value);
            setError(undefined);
            setLosing(false);
          }}
        />
        {problem && <Failure problem={problem} />}
        {losing && untold > 0 && (
          <Message kind="stop" live>
            <p>{count('enrol_elsewhere', untold)}</p>
            <Button kind="stop" busy={busy} onClick={() => void enrol(true)}>
              {t('enrol_lose')}
            </Button>
          </Message>
        )}
        <Button kind="primary" type="submit" busy={busy}>
          {t('enrol_go')}
        </Button>
      </form>
    </Screen>
  );
}

/** Where what is kept would be lost: in a page inside another app, and in a tab of an iPhone, from which the icon sees nothing. */
function Steps() {
  const steps = placeSteps(here());
  if (steps.length === 0) return null;
  return (
    <Message kind="warn">
      {steps.map((step) => (
        <p key={step}>{t(step)}</p>
      ))}
    </Message>
  );
}
