// All the rest, by what people come for.

import { useState } from 'preact/hooks';
import { here } from '../../shared/around.ts';
import { go } from '../../shared/route.ts';
import { Icon, type IconName } from '../../shared/ui/icons.tsx';
import { Button, Dialog, Link, Message, Screen } from '../../shared/ui/ui.tsx';
import { forget, type Held } from '../carried.ts';
import { forgetAsker } from '../contact.ts';
import type { Active } from '../kept.ts';
import Name from '../pass/name.tsx';
import { people } from '../pass/notes.tsx';
import Renew from '../pass/renew.tsx';
import { type Key, t } from '../words.ts';
import { InstallButton } from './start.tsx';

type Open = 'renew' | 'name' | 'remove' | undefined;

const Row = ({ to, icon, text }: { to: string; icon: IconName; text: Key }) => (
  <li>
    <Link to={to} class="holder-row">
      <Icon name={icon} />
      <span>{t(text)}</span>
    </Link>
  </li>
);

const Press = ({ icon, text, onClick }: { icon: IconName; text: Key; onClick: () => void }) => (
  <li>
    <button type="button" class="holder-row" onClick={onClick}>
      <Icon name={icon} />
      <span>{t(text)}</span>
    </button>
  </li>
);

export default function More({ held, c }: { held: Held; c: Active }) {
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const { ios, installed } = here();
  return (
    <Screen title={t('more')}>
      <h2>{t('more_card')}</h2>
      <ul class="list holder-rows">
        <Press icon="name" text="name_title" onClick={() => setOpen('name')} />
        <Press icon="bookings" text="ask_renew" onClick={() => setOpen('renew')} />
        <Row to="/my/new-phone" icon="phone" text="new_phone" />
        <Row to="/my/paper" icon="paper" text="paper" />
        <Row to="/activate" icon="new" text="add_card" />
        {ios && !installed && <Row to="/my/install" icon="house" text="install_ios" />}
      </ul>
      <InstallButton />
      <h2>{t('more_help')}</h2>
      <ul class="list holder-rows">
        <Row to="/my/practice" icon="scan" text="practice" />
        <Row to="/my/pictures" icon="card" text="pictures" />
        <Row to="/my/text-size" icon="big" text="text_size" />
        <Row to="/my/accessibility" icon="people" text="accessibility" />
      </ul>
      <h2>{t('more_own')}</h2>
      <ul class="list holder-rows">
        <Row to="/my/privacy" icon="info" text="privacy" />
        <Row to="/my/data" icon="list" text="own_data" />
        <Press icon="out" text="remove" onClick={() => setOpen('remove')} />
        <Row to="/my/erase" icon="stop" text="erase" />
      </ul>
      {open === 'renew' && <Renew c={c} onClose={close} />}
      {open === 'name' && <Name c={c} onClose={close} />}
      {open === 'remove' && <Remove held={held} c={c} onClose={close} />}
    </Screen>
  );
}

/** Takes the pass from this phone alone; nothing is told to anybody, and other passes stay. */
function Remove({ held, c, onClose }: { held: Held; c: Active; onClose: () => void }) {
  const remove = async () => {
    await forget(c.id);
    forgetAsker(c);
    go('/', { replace: true });
  };
  const actions = (
    <>
      <Button kind="stop" onClick={() => void remove()}>
        {t('remove_yes')}
      </Button>
      <Button onClick={onClose}>{t('cancel')}</Button>
    </>
  );
  return (
    <Dialog title={t('remove')} open onClose={onClose} actions={actions}>
      {held.passes.length > 1 && (
        <p>
          <strong>{c.greeting ?? t('card_number', { n: held.passes.indexOf(c) + 1 })}</strong> · {people(c)}
        </p>
      )}
      <p>{t('remove_what')}</p>
      <Back c={c} />
    </Dialog>
  );
}

/** How the pass comes back. The only copy of a recovery code is not thrown away unseen, and nobody counts on one that there is not. */
function Back({ c }: { c: Active }) {
  if (c.pass.recovery_code && !c.recovery) return <p>{t('remove_back')}</p>;
  return (
    <Message kind="warn">
      <p>{t(c.recovery ? 'recovery_waits' : 'recovery_is_not')}</p>
      <p>{t('remove_without')}</p>
      <Link to={c.recovery ? '/my/recovery' : '/my/new-phone'}>{t(c.recovery ? 'recovery_see' : 'recovery_make')}</Link>
    </Message>
  );
}
