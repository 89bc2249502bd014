// Erasing everything: asked for twice, the second time by typing a word.

import { useState } from 'preact/hooks';
import * as api from '../../shared/api.ts';
import { remove } from '../../shared/db.ts';
import { go } from '../../shared/route.ts';
import type { Problem } from '../../shared/types.ts';
import { Button, Failure, Field, Message, Screen } from '../../shared/ui/ui.tsx';
import { forget } from '../carried.ts';
import { asPhone, forgetAsker } from '../contact.ts';
import { type Active, LINKS } from '../kept.ts';
import { t } from '../words.ts';

/** Whether the pass is gone at the server: the answer may have been lost the time before. */
const gone = (p: Problem): boolean => p.code === 'unknown_key' || p.code === 'no_such_pass';

export default function Erase({ c }: { c: Active }) {
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const erase = async (e: Event) => {
    e.preventDefault();
    const right = typed.trim().toLocaleUpperCase() === t('erase_word');
    setWrong(!right);
    if (!right) return;
    setBusy(true);
    const answer = await api.eraseMe(asPhone(c));
    setBusy(false);
    if (!answer.ok && !gone(answer.problem)) return setProblem(answer.problem);
    go('/my/erased', { replace: true });
    await Promise.all([forget(c.id), remove('kept', LINKS)]);
    forgetAsker(c);
  };
  const what = t('erase_type', { word: t('erase_word') });
  return (
    <Screen title={t('erase')} back="/my/more">
      <Message kind="stop">
        <p>{t('erase_what')}</p>
        <p>{t('erase_ends')}</p>
      </Message>
      <p>{t('erase_stays')}</p>
      <form noValidate onSubmit={erase}>
        <Field
          label={what}
          value={typed}
          onInput={setTyped}
          error={wrong ? what : undefined}
          autocapitalize="characters"
          spellcheck={false}
        />
        {problem && <Failure problem={problem} />}
        <Button kind="stop" type="submit" busy={busy}>
          {t('erase')}
        </Button>
      </form>
    </Screen>
  );
}

/** Said after everything is erased. */
export function Erased() {
  return (
    <Screen title={t('erased')}>
      <Message kind="ok">
        <p>{t('erased_what')}</p>
      </Message>
      <Button kind="primary" onClick={() => go('/', { replace: true })}>
        {t('ok')}
      </Button>
    </Screen>
  );
}
