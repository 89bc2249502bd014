import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { submitting } from '../shared/signin/submit.ts';
import type { PassOfWorker, Problem } from '../shared/types.ts';
import { Button, Failure, Field } from '../shared/ui/ui.tsx';
import { asPerson } from '../shared/work.ts';
import { AskedAloud } from './aloud.tsx';
import { readTyped } from './number.ts';
import { useSaid } from './said.ts';
import { type Key, t } from './words.ts';

/** The other way round: the holder reads out what the own phone shows. A phone that would take another's place needs the two facts. */
export function Bind({ pass, done, open }: { pass: PassOfWorker; done: (pass: PassOfWorker) => void; open: boolean }) {
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<Key>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const [aloud, setAloud] = useState(false);
  const said = useSaid(pass.language);
  const replaces = pass.phone !== undefined || asked;

  async function submit(): Promise<void> {
    const read = readTyped(typed, 'request');
    setWrong(read.ok ? undefined : `bind_${read.why}`);
    if (!read.ok || (replaces && !aloud)) return;
    setBusy(true);
    const answer = await api.changePass(asPerson, pass.id, 'bind', { digits: read.digits, ...(replaces ? { replace: true } : {}) });
    setBusy(false);
    if (answer.ok) return done(answer.value.pass);
    // Another phone has come to carry the card since this screen read it.
    if (answer.problem.code === 'replace_needed') setAsked(true);
    setProblem(answer.problem);
  }

  return (
    <details class="card desk-fold" open={open}>
      <summary>
        <h2>{t('bind')}</h2>
      </summary>
      <form noValidate onSubmit={submitting(submit)}>
        <p>{t('bind_text', { label: said?.('bind_label') ?? '' })}</p>
        {problem && <Failure problem={problem} />}
        <Field
          class="digits"
          label={t('bind_digits')}
          inputMode="numeric"
          value={typed}
          onInput={(value) => {
            setTyped(value);
            setWrong(undefined);
          }}
          error={wrong && t(wrong)}
        />
        {replaces && <AskedAloud pass={pass} checked={aloud} onChange={setAloud} />}
        <Button kind="primary" type="submit" busy={busy} disabled={replaces && !aloud}>
          {t('bind_do')}
        </Button>
      </form>
    </details>
  );
}
