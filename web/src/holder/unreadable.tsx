// What a phone keeps could not be read: that is no empty phone, and at a door nobody is to be asked for a code.

import { Button, Link, Message, Screen } from '../shared/ui/ui.tsx';
import { t } from './words.ts';

export const Unreadable = () => (
  <Screen title={t('card')}>
    <Message kind="stop" live title={t('unreadable')}>
      <p>{t('unreadable_next')}</p>
    </Message>
    {/* The page anew, and with it all that it holds open: what the browser has lost comes back. */}
    <Button kind="primary" onClick={() => location.reload()}>
      {t('retry')}
    </Button>
    <Link to="/my/paper">{t('paper')}</Link>
    <Link to="/activate">{t('activate_again')}</Link>
  </Screen>
);
