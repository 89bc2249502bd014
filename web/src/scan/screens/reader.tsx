// Trying a hand scanner before the door opens: a code with every character that layouts mix up.

import { useState } from 'preact/hooks';
import { StillCode } from '../../shared/ui/qr.tsx';
import { Message, Screen } from '../../shared/ui/ui.tsx';
import { useHandScanner } from '../hands.ts';
import { type Key, t } from '../words.ts';

/** All that a code is written with; it is no pass, so a door says that it is another code. */
export const TEST_CODE = 'TEST: 0123456789 ABCXYZ $%*+-./:';

type Verdict = 'reader_works' | 'reader_works_layout' | 'reader_no_enter' | 'reader_wrong';

export default function ReaderScreen() {
  const [verdict, setVerdict] = useState<Verdict>();
  useHandScanner(({ asTyped, asPressed }, byEnter) => {
    if (asTyped !== TEST_CODE && asPressed !== TEST_CODE) setVerdict('reader_wrong');
    else if (!byEnter) setVerdict('reader_no_enter');
    else setVerdict(asTyped === TEST_CODE ? 'reader_works' : 'reader_works_layout');
  });
  const key: Key = verdict ?? 'reader_waits';
  return (
    <Screen title={t('test_hand_scanner')} back="/scan/settings">
      <p>{t('reader_read_this')}</p>
      <StillCode text={TEST_CODE} mode="alphanumeric" label={t('reader_code')} />
      <div role="status">
        <Message kind={verdict === undefined ? 'info' : verdict === 'reader_wrong' ? 'stop' : 'ok'}>
          <p>{t(key)}</p>
        </Message>
      </div>
      <p class="muted">{t('reader_usb')}</p>
    </Screen>
  );
}
