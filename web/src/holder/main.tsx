// The holder's page: the pass at /, activating at /activate, and the rest below /my/.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { go, usePath } from '../shared/route.ts';
import { start } from '../shared/start.tsx';
import { Header, TabBar } from '../shared/ui/ui.tsx';
import { type Held, reload, useHeld } from './carried.ts';
import { keepInTouch } from './contact.ts';
import type { Active } from './kept.ts';
import { lazy } from './lazy.tsx';
import { Pass } from './pass/pass.tsx';
import { count, t, words } from './words.ts';
import './install.ts';

type GuideName = 'Accessibility' | 'Install' | 'NewPhone' | 'Paper' | 'Pictures' | 'Practice' | 'Privacy' | 'TextSize';
type GuideProps = { held: Held; c: Active | undefined };

const guide = (name: GuideName) => lazy<GuideProps>(() => import('./screens/guides.tsx').then((m) => ({ default: m[name] })));

const Start = lazy(() => import('./screens/start.tsx'));
const Waiting = lazy<{ request: string | undefined }>(() => import('./waiting.tsx'), { quiet: true });

/** Screens that anybody can open. */
const OPEN: Readonly<Record<string, ComponentType<GuideProps>>> = {
  '/activate': lazy<GuideProps>(() => import('./screens/activate.tsx')),
  '/my/digits': lazy<GuideProps>(() => import('./screens/digits.tsx')),
  '/my/camera': lazy<GuideProps>(() => import('./screens/camera.tsx')),
  '/my/recover': lazy<GuideProps>(() => import('./screens/recover.tsx')),
  '/my/erased': lazy<GuideProps>(() => import('./screens/erase.tsx').then((m) => ({ default: m.Erased }))),
  '/my/accessibility': guide('Accessibility'),
  '/my/install': guide('Install'),
  '/my/new-phone': guide('NewPhone'),
  '/my/paper': guide('Paper'),
  '/my/pictures': guide('Pictures'),
  '/my/practice': guide('Practice'),
  '/my/privacy': guide('Privacy'),
  '/my/text-size': guide('TextSize'),
};

type OwnProps = { held: Held; c: Active };

/** Screens of a pass. */
const OWN: Readonly<Record<string, ComponentType<OwnProps>>> = {
  '/my/reservations': lazy<OwnProps>(() => import('./screens/reservations.tsx')),
  '/my/inbox': lazy<OwnProps>(() => import('./screens/inbox.tsx')),
  '/my/more': lazy<OwnProps>(() => import('./screens/more.tsx')),
  '/my/recovery': lazy<OwnProps>(() => import('./screens/recovery.tsx')),
  '/my/data': lazy<OwnProps>(() => import('./screens/data.tsx')),
  '/my/erase': lazy<OwnProps>(() => import('./screens/erase.tsx')),
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
  return c ? <Pass held={held} c={c} /> : <Start />;
}

const TABS = ['/', '/my/reservations', '/my/inbox'];

function Tabs({ c, path }: { c: Active; path: string }) {
  const unread = (c.notices ?? []).filter((n) => !n.read_at).length;
  return (
    <TabBar
      label={t('tabs')}
      at={TABS.includes(path) ? path : '/my/more'}
      tabs={[
        { to: '/', icon: 'card', text: t('card') },
        { to: '/my/reservations', icon: 'bookings', text: t('reservations') },
        { to: '/my/inbox', icon: 'inbox', text: t('inbox'), badge: { n: unread, text: count('unread', unread) } },
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

void reload();
void start({ words, App, keep: 'holder' });
