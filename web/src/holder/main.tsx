// The holder's page: the pass at /, activating at /activate, and the rest below /my/.

import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { wakeClock } from '../shared/clock.ts';
import { lazy } from '../shared/lazy.tsx';
import { go, usePath } from '../shared/route.ts';
import { start } from '../shared/start.tsx';
import { Header, TabBar } from '../shared/ui/ui.tsx';
import { type Held, held as heldNow, reload, useHeld } from './carried.ts';
import { beginCode } from './codes.ts';
import { keepInTouch } from './contact.ts';
import type { Active } from './kept.ts';
import { unread } from './notices.ts';
import { Pass } from './pass/pass.tsx';
import Start from './screens/start.tsx';
import { Unreadable } from './unreadable.tsx';
import { count, t, words } from './words.ts';
import './install.ts';
// Both files that come later need it: in a file of its own it would be asked for only once one of those is here.
import './timeleft.tsx';

type AnyProps = { held: Held; c: Active | undefined };
type OwnProps = { held: Held; c: Active };

type Activating = typeof import('./activating.ts');
type Behind = typeof import('./behind.ts');

const activating = <P extends object>(pick: (file: Activating) => FunctionComponent<P>, how?: { quiet: boolean }) =>
  lazy<P>(() => import('./activating.ts').then(pick), how);
const behind = <P extends object>(pick: (file: Behind) => FunctionComponent<P>) => lazy<P>(() => import('./behind.ts').then(pick));

const Waiting = activating((file) => file.Waiting, { quiet: true });

/** Screens that anybody can open. */
const OPEN: Readonly<Record<string, FunctionComponent<AnyProps>>> = {
  '/activate': activating((file) => file.Activate),
  '/my/digits': activating((file) => file.DigitsScreen),
  '/my/camera': activating((file) => file.CameraScreen),
  '/my/recover': activating((file) => file.Recover),
  '/my/erased': behind((file) => file.Erased),
  '/my/accessibility': behind((file) => file.Accessibility),
  '/my/install': behind((file) => file.Install),
  '/my/new-phone': behind((file) => file.NewPhone),
  '/my/paper': behind((file) => file.Paper),
  '/my/pictures': behind((file) => file.Pictures),
  '/my/practice': behind((file) => file.Practice),
  '/my/privacy': behind((file) => file.Privacy),
  '/my/text-size': behind((file) => file.TextSize),
};

/** Screens of a pass. */
const OWN: Readonly<Record<string, FunctionComponent<OwnProps>>> = {
  '/my/reservations': behind((file) => file.Reservations),
  '/my/inbox': behind((file) => file.Inbox),
  '/my/more': behind((file) => file.More),
  '/my/recovery': behind((file) => file.RecoveryCode),
  '/my/data': behind((file) => file.Data),
  '/my/erase': behind((file) => file.Erase),
};

function Screens({ held, path }: { held: Held; path: string }) {
  const c = held.shown;
  const Open = OPEN[path];
  const Own = OWN[path];
  useEffect(() => {
    if (path !== '/' && !Open && !(Own && c)) go('/', { replace: true });
  });
  if (Open) return <Open held={held} c={c} />;
  if (Own && c) return <Own key={c.id} held={held} c={c} />;
  if (c) return <Pass held={held} c={c} />;
  return held.unreadable ? <Unreadable /> : <Start />;
}

const TABS = ['/', '/my/reservations', '/my/inbox'];

function Tabs({ c, path }: { c: Active; path: string }) {
  const n = unread(c.notices).length;
  return (
    <TabBar
      label={t('tabs')}
      at={TABS.includes(path) ? path : '/my/more'}
      tabs={[
        { to: '/', icon: 'card', text: t('card') },
        { to: '/my/reservations', icon: 'bookings', text: t('reservations') },
        { to: '/my/inbox', icon: 'inbox', text: t('inbox'), badge: { n, text: count('unread', n) } },
        { to: '/my/more', icon: 'more', text: t('more') },
      ]}
    />
  );
}

/** An activation that goes on behind every screen: digits wait for a worker, or the answer before this start was lost. */
function Underway({ held }: { held: Held }) {
  const [lost] = useState(() => held.all.some((c) => !c.pass && c.asked));
  const request = held.all.find((c) => !c.pass && c.request)?.request?.id;
  return request || lost ? <Waiting request={request} /> : null;
}

function App() {
  const held = useHeld();
  const path = usePath();
  const known = held !== undefined;
  useEffect(() => (known ? keepInTouch() : undefined), [known]);
  if (!held) return null;
  const c = held.shown;
  // The pass has its band with the language below the code, which is the first thing in the page.
  const onPass = c !== undefined && path === '/';
  return (
    <>
      {!onPass && <Header />}
      <Screens held={held} path={path} />
      {c && path !== '/my/recovery' && <Tabs c={c} path={path} />}
      <Underway held={held} />
    </>
  );
}

/** The first code is begun before the page is drawn. */
async function begin(): Promise<void> {
  await Promise.all([reload(), wakeClock()]);
  const c = location.pathname === '/' ? heldNow()?.shown : undefined;
  if (c?.codes) beginCode(c);
}

void begin();
void start({ words, App, keep: 'holder' });
