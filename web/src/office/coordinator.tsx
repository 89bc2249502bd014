import type { Tab } from '../shared/ui/ui.tsx';
import { Screen } from '../shared/ui/ui.tsx';
import { type Area, ownArea } from './area.ts';
import { coordinatorOf, Invite, rolesAtPlaces } from './invite.tsx';
import { InviteTable } from './invite-table.tsx';
import { Shown } from './loaded.tsx';
import { NewOrganisationScreen } from './organisation-new.tsx';
import { InviteToOrganisation, OrganisationPage } from './organisation-page.tsx';
import { Organisations } from './organisations.tsx';
import { PeopleScreen } from './people.tsx';
import { usePlaces } from './places.tsx';
import { NewRules, RulesPage } from './rules-page.tsx';
import type { Screens } from './shell.tsx';
import { t } from './words.ts';

export const coordinatorTabs = (): Tab[] => [
  { to: '/office', icon: 'house', text: t('organisations') },
  { to: '/office/people', icon: 'people', text: t('people') },
  { to: '/office/rules', icon: 'settings', text: t('rules') },
];

/** The screens of a coordinator's own network. */
export function coordinatorScreens(network: string): Screens {
  const area = ownArea(network);
  return [
    ['/office', { tab: '/office', draw: () => <Organisations area={area} /> }],
    ...organisationScreens('/office/organisations', '/office', () => area),
    ...networkScreens('/office', { people: '/office/people', rules: '/office/rules' }, () => area),
  ];
}

/** Screens of organisations, below a path that names the area. */
export const organisationScreens = (at: string, tab: string, area: (network: string) => Area): Screens => [
  [`${at}/new`, { tab, draw: (p) => <NewOrganisationScreen area={area(p.network ?? '')} /> }],
  [`${at}/:organisation`, { tab, draw: (p) => <OrganisationPage area={area(p.network ?? '')} id={p.organisation ?? ''} /> }],
  [`${at}/:organisation/invite`, { tab, draw: (p) => <InviteToOrganisation area={area(p.network ?? '')} id={p.organisation ?? ''} /> }],
];

/** Screens of a network's people and rules, below a path that names the network. */
export const networkScreens = (at: string, tabs: { people: string; rules: string }, area: (network: string) => Area): Screens => [
  [`${at}/people`, { tab: tabs.people, draw: (p) => <NetworkPeople area={area(p.network ?? '')} /> }],
  [`${at}/people/invite`, { tab: tabs.people, draw: (p) => <NetworkInvite area={area(p.network ?? '')} /> }],
  [`${at}/people/table`, { tab: tabs.people, draw: (p) => <NetworkTable area={area(p.network ?? '')} /> }],
  [`${at}/rules`, { tab: tabs.rules, draw: (p) => <RulesPage area={area(p.network ?? '')} /> }],
  [`${at}/rules/new`, { tab: tabs.rules, draw: (p) => <NewRules area={area(p.network ?? '')} /> }],
];

function NetworkPeople({ area }: { area: Area }) {
  const places = usePlaces(area.network, true);
  return (
    <PeopleScreen
      where={area.network ? { network: area.network } : {}}
      places={places.value}
      invite={`${area.base}/people/invite`}
      table={`${area.base}/people/table`}
      {...(area.back ? { back: area.back } : {})}
    />
  );
}

function NetworkInvite({ area }: { area: Area }) {
  const places = usePlaces(area.network, true);
  const back = `${area.base}/people`;
  if (!places.value)
    return (
      <Screen title={t('invite')} back={back}>
        <Shown of={places}>{() => null}</Shown>
      </Screen>
    );
  const roles = [coordinatorOf(area.network ?? '', places.value), ...rolesAtPlaces(places.value)];
  return <Invite roles={roles} places={places.value} back={back} />;
}

function NetworkTable({ area }: { area: Area }) {
  const places = usePlaces(area.network, true);
  const back = `${area.base}/people`;
  if (places.value) return <InviteTable network={area.network ?? ''} places={places.value} back={back} />;
  return (
    <Screen title={t('invite_table')} back={back}>
      <Shown of={places}>{() => null}</Shown>
    </Screen>
  );
}
