import { useEffect, useState } from 'preact/hooks';
import { clock } from '../shared/clock.ts';
import { lazy } from '../shared/lazy.tsx';
import { usePath } from '../shared/route.ts';
import { start } from '../shared/start.tsx';
import { Header, Message, Screen, Skeleton, type Tab, TabBar } from '../shared/ui/ui.tsx';
import { helsinkiDay } from '../shared/words.ts';
import { codeInHash } from './enrolment.ts';
import { toCheck } from './queue.ts';
import { scanner } from './scanner.ts';
import { Enrol } from './screens/enrol.tsx';
import { Today } from './screens/today.tsx';
import { useStanding } from './use.ts';
import { t, words } from './words.ts';

const DoorScreen = lazy(() => import('./screens/door.tsx').then((file) => file.default));
const Last = lazy(() => import('./screens/last.tsx').then((file) => file.default));
const Settings = lazy(() => import('./screens/settings.tsx').then((file) => file.default));
const Reader = lazy(() => import('./screens/reader.tsx').then((file) => file.default));
const Practice = lazy(() => import('./screens/practice.tsx').then((file) => file.default));

function App() {
  const state = useWake();
  const { enrolment } = useStanding();
  // Past its last day the server would say so too; without a network the phone has to know it.
  const ended = enrolment !== undefined && (enrolment.ended === true || helsinkiDay(clock.now()) > enrolment.endDay);
  const path = usePath();
  const [code, forgetCode] = useCode();
  useKept(state === 'awake' && enrolment !== undefined);
  if (state !== 'awake') return <Asleep broken={state === 'broken'} />;
  if (!enrolment || ended || code) {
    return (
      <>
        <Header />
        <Enrol key={code} code={code} ended={ended} done={forgetCode} />
      </>
    );
  }
  if (path === '/scan/door') return <DoorScreen />;
  if (path === '/scan/practice') {
    return (
      <Practice>
        <Tabs path={path} />
      </Practice>
    );
  }
  return (
    <>
      <Header />
      <Inside path={path} />
      <Tabs path={path} />
    </>
  );
}

function Inside({ path }: { path: string }) {
  switch (path) {
    case '/scan/last':
      return <Last />;
    case '/scan/settings':
      return <Settings />;
    case '/scan/reader':
      return <Reader />;
    default:
      return <Today />;
  }
}

function Tabs({ path }: { path: string }) {
  const { results } = useStanding();
  const n = toCheck(results).length;
  const tabs: readonly Tab[] = [
    { to: '/scan', icon: 'today', text: t('today') },
    { to: '/scan/last', icon: 'list', text: t('last'), badge: { n, text: t('check_these_n', { n }) } },
    { to: '/scan/settings', icon: 'settings', text: t('settings') },
  ];
  const at = path === '/scan/reader' || path === '/scan/practice' ? '/scan/settings' : path;
  return <TabBar tabs={tabs} at={at} label={t('sections')} />;
}

function Asleep({ broken }: { broken: boolean }) {
  return (
    <>
      <Header />
      <Screen title={t('title')}>
        {broken ? (
          <Message kind="stop" live>
            <p>{t('no_storage')}</p>
          </Message>
        ) : (
          <Skeleton />
        )}
      </Screen>
    </>
  );
}

/** Reads what this phone kept. */
function useWake(): 'asleep' | 'awake' | 'broken' {
  const [state, set] = useState<'asleep' | 'awake' | 'broken'>('asleep');
  useEffect(() => {
    scanner.wake().then(
      () => set('awake'),
      () => set('broken'),
    );
  }, []);
  return state;
}

/** The enrolment code of the address, until it was used or put aside. */
function useCode(): [string | undefined, () => void] {
  const [code, set] = useState(codeInHash(location.hash));
  useEffect(() => {
    const changed = () => set(codeInHash(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const forget = () => {
    history.replaceState(null, '', location.pathname);
    set(undefined);
  };
  return [code, forget];
}

/** From the enrolment on everything is kept for a start without a network; what scans is fetched before it is wanted. */
function useKept(enrolled: boolean): void {
  useEffect(() => {
    if (!enrolled) return;
    void import('../shared/offline.ts').then((offline) => offline.keepForOffline('scan'));
    DoorScreen.prepare();
  }, [enrolled]);
}

void start({ words, App });
