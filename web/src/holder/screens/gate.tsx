// What stands before activating where the key would be lost: a page inside another app, and an iPhone's browser, which shares nothing with
// the icon on the home screen. It shows the link's code and never uses it up.

import { useState } from 'preact/hooks';
import { type Around, here } from '../../shared/around.ts';
import { formatDigits } from '../../shared/digits.ts';
import { Button, CopyButton, Message, Screen } from '../../shared/ui/ui.tsx';
import { t } from '../words.ts';

/** Chosen once a start: somebody who goes on here is not asked on every screen. */
let goesOn = false;

/** What stands in the way here, if anything. */
export function useGate(): { around: Around; gate: 'inside' | 'install' | undefined; goOn: () => void } {
  const [, draw] = useState(0);
  const around = here();
  const gate = goesOn ? undefined : around.inside ? 'inside' : around.ios && !around.installed ? 'install' : undefined;
  const goOn = () => {
    goesOn = true;
    draw((n) => n + 1);
  };
  return { around, gate, goOn };
}

const Code = ({ code }: { code: string | undefined }) =>
  code ? (
    <div class="card">
      <p>{t('your_code')}</p>
      <p class="digits-shown">{formatDigits(code)}</p>
      <CopyButton text={code}>{t('copy_code')}</CopyButton>
    </div>
  ) : null;

/** How an app gets on an iPhone's home screen. */
export const InstallSteps = () => (
  <ol class="holder-steps">
    <li>{t('ios_step_share')}</li>
    <li>{t('ios_step_add')}</li>
    <li>{t('ios_step_open')}</li>
    <li>{t('ios_step_code')}</li>
  </ol>
);

function Install({ code, goOn }: { code: string | undefined; goOn: () => void }) {
  return (
    <Screen title={t('start_title')}>
      <p>{t('start_what')}</p>
      <h2>{t('ios_title')}</h2>
      <p>{t('ios_first')}</p>
      <InstallSteps />
      <Code code={code} />
      <Message kind="warn">
        <p>{t('seven_days')}</p>
        <p>{t('seven_days_code')}</p>
      </Message>
      <Button onClick={goOn}>{t('continue_here')}</Button>
    </Screen>
  );
}

function Inside({ ios, code, goOn }: { ios: boolean; code: string | undefined; goOn: () => void }) {
  return (
    <Screen title={t(ios ? 'open_safari' : 'open_chrome')}>
      <Message kind="warn">
        <p>{t('inside_why')}</p>
      </Message>
      <ol class="holder-steps">
        <li>{t('inside_step_menu')}</li>
        <li>{t(ios ? 'inside_step_safari' : 'inside_step_chrome')}</li>
      </ol>
      <CopyButton text={location.href}>{t('copy_link')}</CopyButton>
      <Code code={code} />
      <Button kind="quiet" onClick={goOn}>
        {t('continue_here')}
      </Button>
    </Screen>
  );
}

export function Gate({ gate, ios, code, goOn }: { gate: 'inside' | 'install'; ios: boolean; code: string | undefined; goOn: () => void }) {
  return gate === 'inside' ? <Inside ios={ios} code={code} goOn={goOn} /> : <Install code={code} goOn={goOn} />;
}
