import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { divisible } from '../shared/soft.ts';
import type { Organisation } from '../shared/types.ts';
import { Link, Message, Screen, Select } from '../shared/ui/ui.tsx';
import { dayAt, dayOf, textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import type { Area } from './area.ts';
import { Confirm, Said, useSaid } from './confirm.tsx';
import { Invite, rolesAtPlaces } from './invite.tsx';
import { Shown } from './loaded.tsx';
import { Named } from './names.tsx';
import { PeopleOf } from './people.tsx';
import { type Places, usePlaces } from './places.tsx';
import { t } from './words.ts';

/** One organisation: what it is and who works there. */
export function OrganisationPage({ area, id }: { area: Area; id: string }) {
  const places = usePlaces(area.network, true);
  const found = places.value?.organisations.find((o) => o.id === id);
  const [said, say] = useSaid();
  return (
    <Screen title={found ? divisible(textOf(found.name).text) : t('organisation')} back={area.list} wide>
      <Said done={said} />
      <Shown of={places}>
        {(value) =>
          found ? (
            <About
              area={area}
              organisation={found}
              places={value}
              closed={() => {
                say(t('organisation_closed'));
                void places.again();
              }}
            />
          ) : (
            <Message kind="stop">
              <p>{t('problem_no_such_organisation')}</p>
            </Message>
          )
        }
      </Shown>
    </Screen>
  );
}

function About(p: { area: Area; organisation: Organisation; places: Places; closed: () => void }) {
  const o = p.organisation;
  const place = p.places.networks.flatMap((n) => n.municipalities).find((m) => m.code === o.municipality);
  const heir = p.places.organisations.find((x) => x.id === o.moved_to);
  return (
    <>
      {o.closed_at && (
        <Message>
          <p>{t('closed_on', { day: dayAt(o.closed_at) })}</p>
          {heir && (
            <p>
              {t('cards_moved_to')} <Named text={heir.name} />
            </p>
          )}
        </Message>
      )}
      <dl class="facts">
        <dt>{t('organisation_kind')}</dt>
        <dd>{t(`organisation_${o.kind}`)}</dd>
        {o.municipality && (
          <>
            <dt>{t('municipality')}</dt>
            <dd>{textOf(place?.name).text || o.municipality}</dd>
          </>
        )}
        {o.sector && (
          <>
            <dt>{t('sector')}</dt>
            <dd>{t(`sector_${o.sector}`)}</dd>
          </>
        )}
        {o.first && o.last && (
          <>
            <dt>{t('season')}</dt>
            <dd>
              {dayOf(o.first)}–{dayOf(o.last)}
            </dd>
          </>
        )}
      </dl>
      <section class="office-part">
        <h2>{t('people')}</h2>
        {!o.closed_at && (
          <div class="row">
            <Link to={`${p.area.organisations}/${o.id}/invite`} class="button primary">
              {t('invite')}
            </Link>
          </div>
        )}
        <PeopleOf where={{ organisation: o.id }} places={p.places} />
      </section>
      {!o.closed_at && <CloseButton organisation={o} others={p.places.organisations} done={p.closed} />}
    </>
  );
}

/** Ends an organisation. The cards of a distributor need somebody who looks after them from then on. */
function CloseButton({ organisation, others, done }: { organisation: Organisation; others: readonly Organisation[]; done: () => void }) {
  const [heir, setHeir] = useState('');
  const heirs = others.filter((o) => o.kind === 'distributor' && !o.closed_at && o.id !== organisation.id);
  const moves = organisation.kind === 'distributor';
  return (
    <div class="row office-actions">
      <Confirm
        kind="stop"
        label={t('close_organisation')}
        title={t('close_organisation_title')}
        act={t('close_organisation')}
        send={() => api.closeOrganisation(asPerson, organisation.id, moves ? heir : undefined)}
        done={done}
      >
        <p>
          <strong>
            <Named text={organisation.name} />
          </strong>
        </p>
        <p>{t('close_organisation_text')}</p>
        {moves && (
          <Select
            label={t('heir')}
            hint={t(heirs.length > 0 ? 'heir_hint' : 'no_heirs')}
            value={heir}
            onChange={setHeir}
            options={[{ value: '', text: t('choose') }, ...heirs.map((o) => ({ value: o.id, text: textOf(o.name).text }))]}
          />
        )}
      </Confirm>
    </div>
  );
}

/** Invites somebody to the role that this organisation has. */
export function InviteToOrganisation({ area, id }: { area: Area; id: string }) {
  const places = usePlaces(area.network, true);
  const found = places.value && { ...places.value, organisations: places.value.organisations.filter((o) => o.id === id) };
  const back = `${area.organisations}/${id}`;
  if (found) return <Invite roles={rolesAtPlaces(found)} places={found} back={back} />;
  return (
    <Screen title={t('invite')} back={back}>
      <Shown of={places}>{() => null}</Shown>
    </Screen>
  );
}
