import { useEffect } from 'preact/hooks';
import { usePath } from '../shared/route.ts';
import { AccountScreen } from '../shared/signin/account.tsx';
import { Gate, useWork } from '../shared/signin/gate.tsx';
import { WorkHeader } from '../shared/signin/header.tsx';
import { Link, NewVersion, Screen, TabBar } from '../shared/ui/ui.tsx';
import { CardScreen } from './card.tsx';
import { CardsScreen, forgetCards } from './cards.tsx';
import { GiveScreen } from './give.tsx';
import { forgetGiven } from './given.ts';
import { LogScreen } from './log.tsx';
import { NewScreen } from './new.tsx';
import { PaperScreen } from './paper.tsx';
import { ACCOUNT, CARDS, LOG, NEW, placeOf } from './routes.ts';
import { ShortcutSwitch, useShortcuts } from './shortcuts.tsx';
import { t } from './words.ts';

export const App = () => (
  <Gate app="desk">
    <Desk />
  </Gate>
);

let owner = '';

/** What another person, or another role, left in this page's memory is forgotten before anything is shown. */
function ownMemory(of: string): void {
  if (owner !== of) forget();
  owner = of;
}

function forget(): void {
  forgetGiven();
  forgetCards();
}

function Desk() {
  const path = usePath();
  const { person, acting } = useWork();
  ownMemory(`${person.id}/${acting.organisation}`);
  const shortcuts = useShortcuts();
  useEffect(() => forget, []);
  const tabs = [
    { to: CARDS, icon: 'list', text: t('cards') },
    { to: NEW, icon: 'new', text: t('new_card') },
    { to: LOG, icon: 'today', text: t('log') },
  ] as const;
  const at = path.startsWith('/desk/pass/') ? CARDS : path;
  // Elsewhere a form, or a code that is shown once, would be lost with the page.
  const onList = path === CARDS || path === LOG;
  return (
    <>
      <WorkHeader account={ACCOUNT}>
        <nav class="desk-nav" aria-label={t('menu')}>
          {tabs.map((tab) => (
            <Link key={tab.to} to={tab.to} aria-current={tab.to === at ? 'page' : undefined}>
              {tab.text}
              {shortcuts.shown && tab.to === NEW && <span class="desk-key">N</span>}
            </Link>
          ))}
        </nav>
      </WorkHeader>
      {onList && <NewVersion />}
      <Place path={path} shortcuts={shortcuts} />
      <TabBar tabs={tabs} at={at} label={t('menu')} />
    </>
  );
}

function Place({ path, shortcuts }: { path: string; shortcuts: ReturnType<typeof useShortcuts> }) {
  const place = placeOf(path);
  switch (place.at) {
    case 'cards':
      return <CardsScreen shortcut={shortcuts.shown} />;
    case 'new':
      return <NewScreen />;
    case 'log':
      return <LogScreen />;
    case 'account':
      return (
        <AccountScreen back={CARDS}>
          <ShortcutSwitch shortcuts={shortcuts} />
        </AccountScreen>
      );
    case 'card':
      return <CardScreen key={place.id} id={place.id} />;
    case 'give':
    case 'bind':
      return <GiveScreen key={place.id} id={place.id} bind={place.at === 'bind'} />;
    case 'paper':
      return <PaperScreen key={place.id} id={place.id} />;
    case 'nowhere':
      return (
        <Screen title={t('nowhere')}>
          <Link to={CARDS} class="button">
            {t('cards')}
          </Link>
        </Screen>
      );
  }
}
