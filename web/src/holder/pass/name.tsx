// The holder's name and a line of their own. Both stay on this phone: nothing here asks the server.

import { useState } from 'preact/hooks';
import { Button, Dialog, Field } from '../../shared/ui/ui.tsx';
import { keepOwn } from '../carried.ts';
import type { Active } from '../kept.ts';
import { t } from '../words.ts';

export default function Name({ c, onClose }: { c: Active; onClose: () => void }) {
  const [name, setName] = useState(c.name ?? '');
  const [greeting, setGreeting] = useState(c.greeting ?? '');
  const save = async (e: Event) => {
    e.preventDefault();
    await keepOwn(c, { name: name.trim(), greeting: greeting.trim() });
    onClose();
  };
  return (
    <Dialog title={t('name_title')} open onClose={onClose}>
      <form onSubmit={save}>
        <p>{t('name_why')}</p>
        <Field label={t('name_label')} hint={t('name_hint')} value={name} onInput={setName} maxLength={80} />
        <Field label={t('greeting_label')} hint={t('greeting_hint')} value={greeting} onInput={setGreeting} maxLength={40} />
        <Button kind="primary" type="submit">
          {t('save')}
        </Button>
      </form>
    </Dialog>
  );
}
