import { roleName } from '../shared/signin/roles.tsx';
import { Screen, type Tab } from '../shared/ui/ui.tsx';
import { areaOf, POPUPS } from './area.ts';
import { networkScreens, organisationScreens } from './coordinator.tsx';
import { coordinatorOf, Invite } from './invite.tsx';
import { Shown } from './loaded.tsx';
import { NewNetwork } from './network-new.tsx';
import { NetworkPage, Networks } from './networks.tsx';
import { Organisations } from './organisations.tsx';
import { PeopleScreen } from './people.tsx';
import { usePlaces } from './places.tsx';
import type { Screens } from './shell.tsx';
import { t } from './words.ts';

export const nationalTabs = (): Tab[] => [
  { to: '/office', icon: 'house', text: t('areas') },
  { to: '/office/popups', icon: 'today', text: t('popups') },
  { to: '/office/people', icon: 'people', text: t('people') },
];

const NETWORK = '/office/networks/:network';

export const nationalScreens: Screens = [
  ['/office', { tab: '/office', draw: () => <Networks /> }],
  ['/office/networks/new', { tab: '/office', draw: () => <NewNetwork /> }],
  [NETWORK, { tab: '/office', draw: (p) => <NetworkPage id={p.network ?? ''} /> }],
  [`${NETWORK}/organisations`, { tab: '/office', draw: (p) => <Organisations area={areaOf(p.network ?? '')} /> }],
  ...organisationScreens(`${NETWORK}/organisations`, '/office', areaOf),
  ...networkScreens(NETWORK, { people: '/office', rules: '/office' }, areaOf),
  ['/office/popups', { tab: '/office/popups', draw: () => <Organisations area={POPUPS} /> }],
  ...organisationScreens('/office/popups', '/office/popups', () => POPUPS),
  ['/office/people', { tab: '/office/people', draw: () => <Overseers /> }],
  ['/office/people/invite', { tab: '/office/people', draw: () => <InviteOverseer /> }],
];

/** Coordinators of all networks, and those who are national. */
function Overseers() {
  const places = usePlaces(undefined, false);
  return <PeopleScreen where={{}} places={places.value} invite="/office/people/invite" />;
}

function InviteOverseer() {
  const places = usePlaces(undefined, false);
  if (!places.value)
    return (
      <Screen title={t('invite')} back="/office/people">
        <Shown of={places}>{() => null}</Shown>
      </Screen>
    );
  const coordinators = places.value.networks.map((n) => coordinatorOf(n.id, places.value));
  const national = { role: { role: 'national' as const }, text: roleName('national') };
  return <Invite roles={[...coordinators, national]} places={places.value} back="/office/people" />;
}
