import { useWork } from '../shared/signin/gate.tsx';
import { roleName } from '../shared/signin/roles.tsx';
import type { Tab } from '../shared/ui/ui.tsx';
import { textOf } from '../shared/words.ts';
import { Conflicts } from './conflicts.tsx';
import { Door } from './door.tsx';
import { type Giveable, Invite } from './invite.tsx';
import { EditOffer } from './offer-edit.tsx';
import { NewOffer } from './offer-new.tsx';
import { OfferPage } from './offer-page.tsx';
import { Offers } from './offers.tsx';
import { PeopleScreen } from './people.tsx';
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
  const place = person.roles.find((r) => r.organisation === acting.organisation)?.organisation_name;
  const role: Giveable = {
    role: { role: 'manager', organisation: acting.organisation ?? '' },
    text: [roleName('manager'), textOf(place).text].filter(Boolean).join(' · '),
  };
  return <Invite roles={[role]} places={undefined} back={PEOPLE} />;
}
