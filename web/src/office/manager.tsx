import { useWork } from '../shared/signin/gate.tsx';
import type { Organisation, Role } from '../shared/types.ts';
import type { Tab } from '../shared/ui/ui.tsx';
import { Conflicts } from './conflicts.tsx';
import { Door } from './door.tsx';
import { Invite } from './invite.tsx';
import { EditOffer } from './offer-edit.tsx';
import { NewOffer } from './offer-new.tsx';
import { OfferPage } from './offer-page.tsx';
import { Offers } from './offers.tsx';
import { PeopleScreen } from './people.tsx';
import { type Places, roleWords } from './places.tsx';
import { Reserve } from './reserve.tsx';
import { NewScanner } from './scanner-new.tsx';
import { Scanners } from './scanners.tsx';
import { NewSession } from './session-new.tsx';
import type { Screens } from './shell.tsx';
import { t } from './words.ts';

export const managerTabs = (): Tab[] => [
  { to: '/office', icon: 'today', text: t('tab_door') },
  { to: '/office/offers', icon: 'bookings', text: t('tab_offers') },
  { to: '/office/scanners', icon: 'scan', text: t('tab_scanners') },
];

const MORE = '/office/more';
const PEOPLE = '/office/people';

export const managerScreens: Screens = [
  ['/office', { tab: '/office', draw: () => <Door /> }],
  ['/office/conflicts', { tab: '/office', draw: () => <Conflicts /> }],
  ['/office/offers', { tab: '/office/offers', draw: () => <Offers /> }],
  ['/office/offers/new', { tab: '/office/offers', draw: () => <NewOffer /> }],
  ['/office/offers/:offer', { tab: '/office/offers', draw: (params) => <OfferPage params={params} /> }],
  ['/office/offers/:offer/edit', { tab: '/office/offers', draw: (params) => <EditOffer params={params} /> }],
  ['/office/offers/:offer/session', { tab: '/office/offers', draw: (params) => <NewSession params={params} /> }],
  ['/office/offers/:offer/session/:session', { tab: '/office/offers', draw: (params) => <NewSession params={params} /> }],
  ['/office/offers/:offer/reserve/:session', { tab: '/office/offers', draw: (params) => <Reserve params={params} /> }],
  ['/office/scanners', { tab: '/office/scanners', draw: () => <Scanners /> }],
  ['/office/scanners/new', { tab: '/office/scanners', draw: () => <NewScanner /> }],
  [PEOPLE, { tab: MORE, draw: () => <PeopleScreen where={{}} places={undefined} invite={`${PEOPLE}/invite`} back={MORE} /> }],
  [`${PEOPLE}/invite`, { tab: MORE, draw: () => <InviteColleague /> }],
];

/** A manager may invite other managers of the own venue. */
function InviteColleague() {
  const { acting, person } = useWork();
  const id = acting.organisation ?? '';
  const held = person.roles.find((r) => r.organisation === id);
  const venue: Organisation = { id, kind: held?.organisation_kind ?? 'venue', name: held?.organisation_name ?? {} };
  const places: Places = { organisations: [venue], networks: [] };
  const role: Role = { role: 'manager', organisation: id };
  return <Invite roles={[{ role, text: roleWords(role, places) }]} places={places} back={PEOPLE} />;
}
