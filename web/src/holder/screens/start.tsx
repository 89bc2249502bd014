// What one sees first: what this is, and how a pass comes here.

import { useEffect, useState } from 'preact/hooks';
import { Icon, type IconName } from '../../shared/ui/icons.tsx';
import { Button, Link, Message, NewVersion, Screen } from '../../shared/ui/ui.tsx';
import { canInstall, install, onInstallable } from '../install.ts';
import { t } from '../words.ts';
import { Gate, useGate } from './gate.tsx';

function Way({ to, icon, text, hint }: { to: string; icon: IconName; text: string; hint: string }) {
  return (
    <li>
      <Link to={to} class="holder-row">
        <Icon name={icon} />
        <span>
          <strong>{text}</strong>
          <span class="muted">{hint}</span>
        </span>
      </Link>
    </li>
  );
}

/** The other ways to activate, each with a line on when it is the right one. */
export function OtherWays() {
  return (
    <section class="holder-ways">
      <h2>{t('ways')}</h2>
      <ul class="list">
        <Way to="/my/digits" icon="phone" text={t('way_digits')} hint={t('way_digits_hint')} />
        <Way to="/my/camera" icon="scan" text={t('way_camera')} hint={t('way_camera_hint')} />
        <Way to="/my/recover" icon="undo" text={t('way_recover')} hint={t('way_recover_hint')} />
      </ul>
    </section>
  );
}

/** A quiet button where the browser can put the app on the home screen. */
export function InstallButton() {
  const [can, set] = useState(canInstall());
  useEffect(() => onInstallable(() => set(canInstall())), []);
  if (!can) return null;
  return (
    <Button kind="quiet" icon="phone" onClick={() => void install()}>
      {t('install')}
    </Button>
  );
}

export default function Start() {
  const { around, gate, goOn } = useGate();
  if (gate) return <Gate gate={gate} ios={around.ios} code={undefined} goOn={goOn} />;
  return (
    <Screen title={t('start_title')}>
      <p class="holder-lead">{t('start_what')}</p>
      <p>{t('start_where')}</p>
      {around.ios && !around.installed && (
        <Message kind="warn">
          <p>{t('seven_days')}</p>
        </Message>
      )}
      <Link to="/activate" class="button primary">
        {t('type_code')}
      </Link>
      <OtherWays />
      <InstallButton />
      <NewVersion />
      <p class="muted">{t('start_paper')}</p>
      <ul class="list holder-small">
        <li>
          <Link to="/my/privacy">{t('privacy')}</Link>
        </li>
        <li>
          <Link to="/my/accessibility">{t('accessibility')}</Link>
        </li>
      </ul>
    </Screen>
  );
}
