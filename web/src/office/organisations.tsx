import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import type { Network, Organisation, OrganisationKind } from '../shared/types.ts';
import { Empty, Field, Link, Screen } from '../shared/ui/ui.tsx';
import { dayAt, dayOf, textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import type { Area } from './area.ts';
import { Checklist } from './checklist.tsx';
import { Shown, useLoaded } from './loaded.tsx';
import { Named } from './names.tsx';
import { type Places, usePlaces } from './places.tsx';
import { count, t } from './words.ts';

const KINDS: readonly OrganisationKind[] = ['distributor', 'venue', 'institute', 'popup'];
/** From so many on a field to find one is worth its room. */
const MANY = 8;

/** The members of a network by kind, or the pop-ups. */
export function Organisations({ area }: { area: Area }) {
  const places = usePlaces(area.network, true);
  return (
    <Screen title={t(area.network === undefined ? 'popups' : 'organisations')} {...(area.back ? { back: area.back } : {})}>
      <div class="row">
        <Link to={`${area.organisations}/new`} class="button primary">
          {t(area.network === undefined ? 'new_popup' : 'new_organisation')}
        </Link>
      </div>
      <Shown of={places}>{(value) => <List area={area} places={value} />}</Shown>
    </Screen>
  );
}

function List({ area, places }: { area: Area; places: Places }) {
  const [wanted, setWanted] = useState('');
  const all = places.organisations;
  if (all.length === 0) return area.network === undefined ? <Empty text={t('no_popups')} /> : <AreaChecklist area={area} all={all} />;
  const open = all.filter((o) => !o.closed_at && names(o).includes(wanted.trim().toLowerCase()));
  const closed = all.filter((o) => o.closed_at);
  const network = places.networks.find((n) => n.id === area.network);
  return (
    <>
      {all.length >= MANY && <Field label={t('find_by_name')} type="search" value={wanted} onInput={setWanted} />}
      {open.length === 0 && <Empty text={t('none_found')} />}
      {KINDS.map((kind) => (
        <OfKind key={kind} kind={kind} all={open.filter((o) => o.kind === kind)} area={area} network={network} />
      ))}
      {closed.length > 0 && (
        <details class="office-fold">
          <summary>{count('closed_organisations', closed.length)}</summary>
          <Rows all={closed} area={area} network={network} />
        </details>
      )}
    </>
  );
}

const names = (o: Organisation): string => Object.values(o.name).join(' ').toLowerCase();

function OfKind(p: { kind: OrganisationKind; all: readonly Organisation[]; area: Area; network: Network | undefined }) {
  if (p.all.length === 0) return null;
  return (
    <section class="office-part">
      <h2>
        {t(`organisations_${p.kind}`)} <span class="muted">{p.all.length}</span>
      </h2>
      <Rows all={p.all} area={p.area} network={p.network} />
    </section>
  );
}

function Rows({ all, area, network }: { all: readonly Organisation[]; area: Area; network: Network | undefined }) {
  const sorted = [...all].sort((a, b) => textOf(a.name).text.localeCompare(textOf(b.name).text, 'fi'));
  return (
    <ul class="list">
      {sorted.map((o) => (
        <li key={o.id}>
          <Link to={`${area.organisations}/${o.id}`} class="card office-row">
            <strong>
              <Named text={o.name} />
            </strong>
            <span class="muted">{about(o, network)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function about(o: Organisation, network: Network | undefined): string {
  const place = network?.municipalities.find((m) => m.code === o.municipality);
  const period = o.first && o.last ? `${dayOf(o.first)}–${dayOf(o.last)}` : '';
  return [textOf(place?.name).text, o.sector && t(`sector_${o.sector}`), period, o.closed_at && t('closed_on', { day: dayAt(o.closed_at) })]
    .filter(Boolean)
    .join(' · ');
}

/** The first steps of a network that has no members yet. */
function AreaChecklist({ area, all }: { area: Area; all: readonly Organisation[] }) {
  const people = useLoaded(() => api.people(asPerson, area.network ? { network: area.network } : {}));
  return (
    <Checklist
      steps={[
        { text: t('step_distributor'), to: `${area.organisations}/new`, done: all.some((o) => o.kind === 'distributor') },
        { text: t('step_people'), to: `${area.base}/people/invite`, done: (people.value?.people.length ?? 0) > 1 },
        { text: t('step_rules'), to: `${area.base}/rules`, done: false },
      ]}
    />
  );
}
