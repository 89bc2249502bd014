// Pages to read: each a few short sentences, and the next step.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { PRACTICE_CODE } from '../../shared/practice.ts';
import { go } from '../../shared/route.ts';
import { StillCode } from '../../shared/ui/qr.tsx';
import { Button, Dialog, Link, Message, Screen } from '../../shared/ui/ui.tsx';
import type { Held } from '../carried.ts';
import { change } from '../carried.ts';
import type { Active } from '../kept.ts';
import { type Key, t } from '../words.ts';
import { InstallSteps } from './gate.tsx';

export interface GuideProps {
  held: Held;
  c: Active | undefined;
}

const said = (...keys: readonly Key[]) => keys.map((key) => <p key={key}>{t(key)}</p>);

function Guide({ title, held, children }: { title: Key; held: Held; children: ComponentChildren }) {
  return (
    <Screen title={t(title)} back={held.passes.length > 0 ? '/my/more' : '/'}>
      {children}
    </Screen>
  );
}

/** A new phone, or a lost one: with the recovery code, or with the worker. */
export function NewPhone({ held, c }: GuideProps) {
  const [asking, setAsking] = useState(false);
  const make = async () => {
    if (c) await change(c.id, (now) => ({ ...now, recovery: {} }));
    go('/my/recovery');
  };
  return (
    <Guide title="new_phone" held={held}>
      <h2>{t('new_phone_new')}</h2>
      {said('new_phone_open', 'new_phone_recover', 'new_phone_worker', 'new_phone_old')}
      <h2>{t('new_phone_lost')}</h2>
      {said('lost_call', 'lost_weekend', 'lost_other')}
      {c && (
        <>
          <h2>{t('recovery_code')}</h2>
          <p>{t(c.pass.recovery_code ? 'recovery_is' : 'recovery_is_not')}</p>
          <Button onClick={() => (c.pass.recovery_code ? setAsking(true) : void make())}>{t('recovery_make')}</Button>
          <Dialog
            title={t('recovery_make')}
            open={asking}
            onClose={() => setAsking(false)}
            actions={
              <Button kind="primary" onClick={() => void make()}>
                {t('recovery_make')}
              </Button>
            }
          >
            <p>{t('recovery_ends_old')}</p>
          </Dialog>
        </>
      )}
    </Guide>
  );
}

/** The paper pass is printed by the worker: its number is shown to nobody else. */
export const Paper = ({ held }: GuideProps) => (
  <Guide title="paper" held={held}>
    {said('paper_what', 'paper_who', 'paper_call', 'paper_both', 'paper_id')}
  </Guide>
);

export const Install = ({ held }: GuideProps) => (
  <Guide title="install_ios" held={held}>
    <Message kind="warn">
      <p>{t('seven_days')}</p>
    </Message>
    <InstallSteps />
    {said('install_moves', 'install_code')}
    <Link to="/my/new-phone">{t('recovery_code')}</Link>
  </Guide>
);

export const Practice = ({ held }: GuideProps) => (
  <Guide title="practice" held={held}>
    {said('practice_what')}
    <StillCode text={PRACTICE_CODE} mode="alphanumeric" label={t('practice_label')} />
    {said('practice_how', 'practice_counts')}
  </Guide>
);

export const Pictures = ({ held }: GuideProps) => (
  <Guide title="pictures" held={held}>
    {said('pictures_what', 'pictures_minute', 'pictures_instead')}
  </Guide>
);

export const TextSize = ({ held }: GuideProps) => (
  <Guide title="text_size" held={held}>
    {said('text_size_what')}
    <h2>{t('iphone')}</h2>
    {said('text_size_ios')}
    <h2>{t('android')}</h2>
    {said('text_size_android')}
    {said('text_size_code')}
  </Guide>
);

export const Privacy = ({ held, c }: GuideProps) => (
  <Guide title="privacy" held={held}>
    {said('privacy_1', 'privacy_2', 'privacy_3', 'privacy_4', 'privacy_5', 'privacy_6')}
    {c && <Link to="/my/data">{t('own_data')}</Link>}
  </Guide>
);

export const Accessibility = ({ held }: GuideProps) => (
  <Guide title="accessibility" held={held}>
    {said('access_aim', 'access_how', 'access_known')}
    <h2>{t('access_feedback')}</h2>
    {said('access_feedback_how', 'access_feedback_when', 'access_authority')}
    <a href={`https://www.${t('access_authority_link').replace('\u00AD', '')}`} rel="noreferrer">
      {t('access_authority_link')}
    </a>
  </Guide>
);
