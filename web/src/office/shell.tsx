// The frame of somebody who is signed in: the tabs of the role, the screen of the path, and the way to another role.

import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { go, usePath } from '../shared/route.ts';
import { AccountScreen } from '../shared/signin/account.tsx';
import { APPS, appOf, bare, openRoles } from '../shared/signin/flow.ts';
import { useWork } from '../shared/signin/gate.tsx';
import { WorkHeader } from '../shared/signin/header.tsx';
import { roleName } from '../shared/signin/roles.tsx';
import type { Problem, Role } from '../shared/types.ts';
import { Failure, Link, NewVersion, Screen, type Tab, TabBar } from '../shared/ui/ui.tsx';
import { textOf } from '../shared/words.ts';
import { sameRole } from '../shared/work.ts';
import { coordinatorScreens, coordinatorTabs } from './coordinator.tsx';
import { managerScreens, managerTabs } from './manager.tsx';
import { Log, More } from './more.tsx';
import { nationalScreens, nationalTabs } from './national.tsx';
import { find, type Params } from './routes.ts';
import { t } from './words.ts';

/** Draws a screen of a path; `tab` is the tab that it stands under. */
interface Place {
  tab: string;
  draw: (params: Params) => ComponentChild;
}
export type Screens = readonly (readonly [string, Place])[];

const EVERYBODY: Screens = [
  ['/office/more', { tab: '/office/more', draw: () => <More /> }],
  ['/office/log', { tab: '/office/more', draw: () => <Log /> }],
  ['/office/account', { tab: '/office/more', draw: () => <AccountScreen back="/office/more" /> }],
];

function screensOf(role: Role): Screens {
  switch (role.role) {
    case 'manager':
      return managerScreens;
    case 'coordinator':
      return coordinatorScreens(role.network ?? '');
    case 'national':
      return nationalScreens;
    case 'worker':
    case 'holder':
    case 'scanner':
      return [];
  }
}

function tabsOf(role: Role): Tab[] {
  switch (role.role) {
    case 'manager':
      return managerTabs();
    case 'coordinator':
      return coordinatorTabs();
    case 'national':
      return nationalTabs();
    case 'worker':
    case 'holder':
    case 'scanner':
      return [];
  }
}

/** The frame. A newer version is offered on the screens of the tabs: behind them are the forms, which would be lost with the page. */
export function Shell() {
  const { acting } = useWork();
  const path = usePath();
  const found = find([...screensOf(acting), ...EVERYBODY], path);
  return (
    <>
      <WorkHeader account="/office/account" />
      <RoleSwitch />
      {found?.screen.tab === path && <NewVersion />}
      <div class="office-screen" key={path}>
        {found ? found.screen.draw(found.params) : <Nowhere />}
      </div>
      <TabBar
        tabs={[...tabsOf(acting), { to: '/office/more', icon: 'more', text: t('more') }]}
        at={found?.screen.tab ?? ''}
        label={t('menu')}
      />
    </>
  );
}

const Nowhere = () => (
  <Screen title={t('nowhere_title')}>
    <p>{t('nowhere_text')}</p>
    <Link to="/office" class="button primary">
      {t('to_start')}
    </Link>
  </Screen>
);

/** For those who hold several roles: in which one they act, on every screen. */
function RoleSwitch() {
  const { person, acting, act } = useWork();
  const [problem, setProblem] = useState<Problem>();
  const roles = openRoles(person);
  if (roles.length < 2) return null;

  async function choose(role: Role): Promise<void> {
    const told = await act(role);
    setProblem(told);
    if (told) return;
    const app = appOf(role.role);
    if (app && app !== 'office') location.assign(APPS[app]);
    else go('/office');
  }

  return (
    <section class="office-role" aria-label={t('acting_as')}>
      <label>
        <span>{t('acting_as')}</span>
        <select
          value={String(roles.findIndex((r) => sameRole(r, acting)))}
          onChange={(e) => {
            const chosen = roles[Number(e.currentTarget.value)];
            if (chosen) void choose(bare(chosen));
          }}
        >
          {roles.map((r, i) => (
            <option key={`${r.role}/${r.organisation}/${r.network}`} value={String(i)}>
              {[roleName(r.role), textOf(r.organisation_name).text || r.network].filter(Boolean).join(' · ')}
            </option>
          ))}
        </select>
      </label>
      {problem && <Failure problem={problem} />}
    </section>
  );
}
