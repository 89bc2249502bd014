// Making this phone a scanner, once: by the manager's QR code or by its ten characters.

import { useState } from 'preact/hooks';
import { formatCode, parseEnrolmentCode } from '../../shared/digits.ts';
import { lazy } from '../../shared/lazy.tsx';
import { go } from '../../shared/route.ts';
import type { Problem } from '../../shared/types.ts';
import { Button, Failure, Field, Message, Screen } from '../../shared/ui/ui.tsx';
import { enrolmentCode } from '../enrolment.ts';
import { scanner } from '../scanner.ts';
import { useStanding } from '../use.ts';
import { count, t } from '../words.ts';

const Camera = lazy(() => import('./camera.tsx').then((file) => file.default));

export function Enrol({ code, ended, done }: { code: string | undefined; ended: boolean; done: () => void }) {
  const { enrolment, unsent } = useStanding();
  const [typed, setTyped] = useState(code ? formatCode(code) : '');
  const [error, setError] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [camera, setCamera] = useState(false);

  const enrol = async () => {
    const read = parseEnrolmentCode(typed);
    setProblem(undefined);
    if (!read) return setError(t('enrol_wrong_code'));
    setBusy(true);
    const answer = await scanner.enrol(read).catch(() => 'no_keys' as const);
    setBusy(false);
    if (answer === 'no_keys') return setError(t('enrol_no_keys'));
    if (!answer.ok) return setProblem(answer.problem);
    done();
    go('/scan', { replace: true });
  };

  const seen = (text: string) => {
    const found = enrolmentCode(text);
    setError(found ? undefined : t('enrol_other_code'));
    if (!found) return;
    setTyped(formatCode(found));
    setCamera(false);
  };

  return (
    <Screen title={t(ended ? 'ended_title' : 'enrol')}>
      <p>{t(ended ? 'ended_about' : 'enrol_about')}</p>
      {ended && unsent > 0 && (
        <Message kind="warn">
          <p>{count('ended_unsent', unsent)}</p>
        </Message>
      )}
      {enrolment && !ended && (
        <Message>
          <p>{t('enrol_again', { label: enrolment.label })}</p>
          <Button onClick={done}>{t('enrol_keep')}</Button>
        </Message>
      )}
      {onIphoneTab() && (
        <Message kind="warn">
          <p>{t('enrol_iphone')}</p>
        </Message>
      )}
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
          error={error}
          autocapitalize="characters"
          spellcheck={false}
          enterKeyHint="go"
          onInput={(value) => {
            setTyped(value);
            setError(undefined);
          }}
        />
        {problem && <Failure problem={problem} />}
        <Button kind="primary" type="submit" busy={busy}>
          {t('enrol_go')}
        </Button>
      </form>
    </Screen>
  );
}

/** On an iPhone a tab's storage is wiped after a week, and the installed app has a storage of its own. */
function onIphoneTab(): boolean {
  const apple = /iPhone|iPad/.test(navigator.userAgent);
  return apple && (navigator as { standalone?: boolean }).standalone !== true;
}
