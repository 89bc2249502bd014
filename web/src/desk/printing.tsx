import type { ComponentChildren } from 'preact';
import { Button, Message, Screen } from '../shared/ui/ui.tsx';
import { say } from '../shared/words/common.ts';
import { t } from './words.ts';

/** A paper as it will be printed, with what is to be done above it. Only the paper is printed. */
export function PrintView(p: { title: string; close: () => void; closeText?: string; note?: string; children: ComponentChildren }) {
  return (
    <Screen title={p.title} headless wide>
      <div class="no-print desk-print-bar">
        <Button kind="primary" icon="print" onClick={() => print()}>
          {say('print')}
        </Button>
        <Button onClick={p.close}>{p.closeText ?? say('close')}</Button>
        <Message kind="info">
          <p>{p.note ?? t('print_once')}</p>
        </Message>
      </div>
      {p.children}
    </Screen>
  );
}
