// This phone as a scanner: who it is, how it shows and sounds, its list, and the end of it.

import { useState } from 'preact/hooks';
import { clock } from '../../shared/clock.ts';
import { go } from '../../shared/route.ts';
import type { Problem } from '../../shared/types.ts';
import { Button, Check, Dialog, Failure, Link, Message, Screen } from '../../shared/ui/ui.tsx';
import { dayOf, textOf, timeAt } from '../../shared/words.ts';
import { scanner } from '../scanner.ts';
import { play, unlockSound } from '../sound.ts';
import { useStanding } from '../use.ts';
import { count, t } from '../words.ts';
import { ListState } from './today.tsx';

export default function SettingsScreen() {
  const standing = useStanding();
  const { enrolment, settings } = standing;
  const venue = textOf(enrolment?.venue.name);
  return (
    <Screen title={t('settings')}>
      <section class="card">
        <h2>{t('showing')}</h2>
        <Check checked={settings.keepShowing} onChange={(on) => void scanner.setUp({ keepShowing: on })}>
          {t('keep_showing')}
          <small class="muted">{t('keep_showing_hint')}</small>
        </Check>
      </section>
      <Sounds on={settings.sound} />
      <section class="card">
        <h2>{t('hand_scanner')}</h2>
        <Link to="/scan/reader" class="button plain">
          {t('test_hand_scanner')}
        </Link>
      </section>
      <section class="card">
        <h2>{t('practice')}</h2>
        <p>{t('practice_about')}</p>
        <Link to="/scan/practice" class="button plain">
          {t('practice')}
        </Link>
      </section>
      <List />
      <section class="card">
        <h2>{t('this_phone')}</h2>
        <dl class="facts">
          <dt>{t('venue')}</dt>
          <dd lang={venue.lang}>{venue.text}</dd>
          <dt>{t('label')}</dt>
          <dd>{enrolment?.label}</dd>
          <dt>{t('end_day')}</dt>
          <dd>{enrolment && t('until_day', { day: dayOf(enrolment.endDay) })}</dd>
        </dl>
        <Remove />
      </section>
    </Screen>
  );
}

/** Each sound can be heard before it matters. */
function Sounds({ on }: { on: boolean }) {
  const hear = (sound: 'welcome' | 'look' | 'stop') => () => {
    unlockSound();
    play(sound);
  };
  return (
    <section class="card">
      <h2>{t('sounds')}</h2>
      <Check checked={on} onChange={(sound) => void scanner.setUp({ sound })}>
        {t('sound_on')}
      </Check>
      <p id="scan-sound-test">{t('sound_test')}</p>
      <div class="row">
        <Button icon="sound" onClick={hear('welcome')}>
          {t('sound_welcome')}
        </Button>
        <Button icon="sound" onClick={hear('look')}>
          {t('sound_look')}
        </Button>
        <Button icon="sound" onClick={hear('stop')}>
          {t('sound_stop')}
        </Button>
      </div>
    </section>
  );
}

function List() {
  const standing = useStanding();
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const update = async () => {
    setBusy(true);
    setProblem(undefined);
    const answer = await scanner.readList();
    setBusy(false);
    if (answer.ok) setDone(clock.now());
    else setProblem(answer.problem);
  };
  return (
    <section class="card">
      <h2>{t('list')}</h2>
      <p>{t('list_about')}</p>
      <div class="scan-ready">
        <ListState standing={standing} now={clock.now()} />
      </div>
      <Button busy={busy} onClick={() => void update()}>
        {t('update_list')}
      </Button>
      <p role="status">{done !== undefined && !problem ? t('list_updated', { time: timeAt(done) }) : ''}</p>
      {problem && <Failure problem={problem} />}
    </section>
  );
}

function Remove() {
  const { untold } = useStanding();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [stuck, setStuck] = useState(false);
  const losing = stuck && untold > 0;
  const leave = async () => {
    setBusy(true);
    const left = await scanner.leave(losing);
    setBusy(false);
    setStuck(!left);
    if (left) go('/scan', { replace: true });
  };
  const close = () => {
    setOpen(false);
    setStuck(false);
  };
  return (
    <>
      <Button kind="stop" onClick={() => setOpen(true)}>
        {t('remove')}
      </Button>
      <Dialog
        title={t('remove_title')}
        open={open}
        onClose={close}
        actions={
          <>
            <Button kind="stop" busy={busy} onClick={() => void leave()}>
              {t(losing ? 'remove_lose' : 'remove_yes')}
            </Button>
            <Button onClick={close}>{t('cancel')}</Button>
          </>
        }
      >
        <p>{t('remove_about')}</p>
        {untold > 0 && !losing && <p>{count('remove_unsent', untold)}</p>}
        {losing && (
          <Message kind="stop" live>
            <p>{count('remove_lost', untold)}</p>
          </Message>
        )}
      </Dialog>
    </>
  );
}
