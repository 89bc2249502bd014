// The recovery code, shown once, to be written down. It stays on this phone until the holder says that it is written down, so that a page that
// is loaded again does not lose it; then only the paper has it.

import { useEffect, useState } from 'preact/hooks';
import * as api from '../../shared/api.ts';
import { formatDigits } from '../../shared/digits.ts';
import { go } from '../../shared/route.ts';
import type { Problem } from '../../shared/types.ts';
import { Button, CopyButton, Failure, Screen, Skeleton } from '../../shared/ui/ui.tsx';
import { changeActive } from '../carried.ts';
import { asPhone, met } from '../contact.ts';
import type { Active } from '../kept.ts';
import { t } from '../words.ts';

/** Makes a new recovery code; the one before ends. */
async function make(c: Active): Promise<Problem | undefined> {
  const answer = await api.recoveryCode(asPhone(c));
  if (answer.ok) {
    await changeActive(c.id, (now) => ({
      ...now,
      pass: { ...now.pass, recovery_code: true },
      recovery: { code: answer.value.recovery_code },
    }));
    return undefined;
  }
  await met(c, answer.problem);
  return answer.problem;
}

const written = (c: Active) => changeActive(c.id, ({ recovery: _, ...now }) => now);

export default function RecoveryCode({ c }: { c: Active }) {
  const [problem, setProblem] = useState<Problem>();
  const code = c.recovery?.code;
  const ask = () => {
    setProblem(undefined);
    void make(c).then(setProblem);
  };
  useEffect(() => {
    if (!c.recovery) go('/', { replace: true });
    else if (!code) ask();
  }, []);
  const done = async () => {
    await written(c);
    go('/', { replace: true });
  };
  return (
    <Screen title={t('recovery_title')}>
      <p>{t('recovery_why')}</p>
      {problem && <Failure problem={problem} retry={ask} />}
      {!problem && !code && <Skeleton rows={2} />}
      {code && <Shown number={c.pass.number} code={code} />}
      <div class="actions no-print">
        {code && (
          <Button kind="primary" onClick={() => void done()}>
            {t('recovery_written')}
          </Button>
        )}
        <Button kind="quiet" onClick={() => go('/', { replace: true })}>
          {t('recovery_later')}
        </Button>
      </div>
    </Screen>
  );
}

function Shown({ number, code }: { number: string; code: string }) {
  const both = `${t('pass_number')}: ${formatDigits(number)}\n${t('recovery_code')}: ${formatDigits(code)}`;
  return (
    <>
      <dl class="card holder-codes">
        <div>
          <dt>{t('pass_number')}</dt>
          <dd class="digits-shown">{formatDigits(number)}</dd>
        </div>
        <div>
          <dt>{t('recovery_code')}</dt>
          <dd class="digits-shown">{formatDigits(code)}</dd>
        </div>
      </dl>
      <p>{t('recovery_keep')}</p>
      <div class="row no-print">
        <CopyButton text={both} />
        <Button icon="print" onClick={() => print()}>
          {t('print')}
        </Button>
      </div>
    </>
  );
}
