// What the pass has to say about itself, in one place that is read out politely. The turning code is not in it.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { here } from '../../shared/around.ts';
import { wrongBy } from '../../shared/clock.ts';
import { keep, kept } from '../../shared/db.ts';
import { Button, Link, Message } from '../../shared/ui/ui.tsx';
import { dayOf, isHelsinkiHere } from '../../shared/words.ts';
import { setReady } from '../carried.ts';
import type { Active } from '../kept.ts';
import { clockMatters, type Standing } from '../standing.ts';
import { count, t } from '../words.ts';

type Usable = Extract<Standing, { is: 'usable' }>;

/** The hint about the screen is given so often. */
const HINTS = 3;
const OPENINGS = 'openings';

/** Whether this is one of the first times that a pass is shown here; counted once a start. */
let opening: Promise<number> | undefined;
const openings = async (): Promise<number> => {
  const n = ((await kept<number>(OPENINGS).catch(() => undefined)) ?? 0) + 1;
  await keep(OPENINGS, n).catch(() => undefined);
  return n;
};

function BrightnessHint() {
  const [shown, show] = useState(false);
  useEffect(() => {
    opening ??= openings();
    void opening.then((n) => show(n <= HINTS));
  }, []);
  const hide = () => {
    show(false);
    opening = Promise.resolve(HINTS + 1);
    void keep(OPENINGS, HINTS).catch(() => undefined);
  };
  if (!shown) return null;
  return (
    <Message>
      <p>{t('brighter')}</p>
      <Button kind="quiet" onClick={hide}>
        {t('ok')}
      </Button>
    </Message>
  );
}

const MINUTE = 60_000;

function ClockNote() {
  const { by, at } = wrongBy();
  const now = Date.now();
  if (by === 0 || !clockMatters(by, now - at, isHelsinkiHere(now))) return null;
  return (
    <Message kind="warn">
      <p>{t('clock_wrong', { n: Math.max(1, Math.round(Math.abs(by) / MINUTE)) })}</p>
    </Message>
  );
}

/** What stands between a pass and a door, or will soon. */
function validity(s: Usable, offline: boolean): ComponentChildren {
  return (
    <>
      {s.aged && (
        <Message kind={offline ? 'stop' : 'info'}>
          <p>{t(offline ? 'aged_offline' : 'aged')}</p>
        </Message>
      )}
      {s.syncBy && (
        <Message kind="warn">
          <p>{t('sync_by', { d: dayOf(s.syncBy) })}</p>
        </Message>
      )}
      {offline && !s.aged && (
        <Message>
          <p>{t('offline_works')}</p>
          <p>{t('works_until', { d: dayOf(s.works) })}</p>
        </Message>
      )}
      {s.grace && (
        <Message kind="warn">
          <p>{t('in_grace', { d: dayOf(s.last), until: dayOf(s.grace) })}</p>
        </Message>
      )}
    </>
  );
}

/** Said once, when a pass has just been activated; it goes with the next screen. */
function ReadyNote() {
  useEffect(() => () => setReady(undefined), []);
  return (
    <Message kind="ok">
      <p>{t('ready')}</p>
    </Message>
  );
}

/** What has to be known at a door. */
export function Notes({ s, offline, ready }: { s: Usable; offline: boolean; ready: boolean }) {
  return (
    <div class="holder-notes" role="status">
      {ready && <ReadyNote />}
      {validity(s, offline)}
      <ClockNote />
    </div>
  );
}

/** What can wait until after the door. */
export function Hints({ c }: { c: Active }) {
  const { ios, installed } = here();
  return (
    <div class="holder-notes">
      {c.recovery && (
        <Message kind="warn">
          <p>{t('recovery_waits')}</p>
          <Link to="/my/recovery">{t('recovery_see')}</Link>
        </Message>
      )}
      {ios && !installed && (
        <Message>
          <p>{t('seven_days')}</p>
          <Link to="/my/install">{t('install_ios')}</Link>
        </Message>
      )}
      <BrightnessHint />
    </div>
  );
}

export const worksLine = (s: Usable): string => t('works_until', { d: dayOf(s.works) });

/** How many come in with the pass. */
export function people(c: Active): string {
  if (c.pass.community) return t('people_group');
  return c.pass.children === 0 ? t('people_none') : count('people', c.pass.children);
}
