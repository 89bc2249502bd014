import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { go } from '../shared/route.ts';
import { divisible } from '../shared/soft.ts';
import type { Network, Offer, Session } from '../shared/types.ts';
import { Empty, Link, Message, Screen } from '../shared/ui/ui.tsx';
import { dayAt, dayOf, textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Confirm, Said, useSaid } from './confirm.tsx';
import { Shown, useLoaded } from './loaded.tsx';
import { durationWords, Fullness, limitWords, Named, whenWords } from './names.tsx';
import type { Params } from './routes.ts';
import { SeatsButton } from './seats.tsx';
import { count, t } from './words.ts';

/** One offer: what it is, its dates and how full they are. */
export function OfferPage({ params }: { params: Params }) {
  const id = params.offer ?? '';
  const offer = useLoaded(() => api.readOffer(asPerson, id), [id]);
  const networks = useLoaded(() => api.networks());
  const [said, say] = useSaid();
  const changed = (text: string) => {
    say(text);
    void offer.again();
  };
  return (
    <Screen title={offer.value ? divisible(textOf(offer.value.title).text) : t('offer')} back="/office/offers">
      <Said done={said} />
      <Shown of={offer}>
        {(value) => (
          <>
            {value.closed_at && (
              <Message>
                <p>{t('offer_closed_on', { day: dayAt(value.closed_at) })}</p>
              </Message>
            )}
            {value.kind !== 'standing' && <Sessions offer={value} changed={changed} />}
            <Facts offer={value} networks={networks.value?.networks ?? []} />
            {!value.closed_at && <Actions offer={value} changed={changed} />}
          </>
        )}
      </Shown>
    </Screen>
  );
}

function Facts({ offer, networks }: { offer: Offer; networks: readonly Network[] }) {
  const place = networks.flatMap((n) => n.municipalities).find((m) => m.code === offer.municipality);
  const whose = offer.networks?.map((id) => textOf(networks.find((n) => n.id === id)?.name).text || id);
  const description = textOf(offer.description);
  return (
    <section class="office-part">
      <h2>{t('details')}</h2>
      {description.text && (
        <p lang={description.lang} class="office-text">
          {description.text}
        </p>
      )}
      <dl class="facts">
        <dt>{t('offer_kind')}</dt>
        <dd>
          {t(`kind_${offer.kind}`)}, {t(`sector_${offer.sector}`)}
        </dd>
        <dt>{t('place')}</dt>
        <dd>{[offer.place, textOf(place?.name).text || offer.municipality].filter(Boolean).join(', ')}</dd>
        <dt>{t('whose_cards')}</dt>
        <dd>{whose?.length ? whose.join(', ') : t('cards_everywhere')}</dd>
        {offer.kind !== 'course' && (
          <>
            <dt>{t('seats_per_card')}</dt>
            <dd>{offer.seats_per_pass || t('as_card_covers')}</dd>
            <dt>{t('children')}</dt>
            <dd>{t(offer.children_counted ? 'children_counted' : 'children_beside')}</dd>
          </>
        )}
        {offer.kind === 'standing' ? <StandingFacts offer={offer} /> : <DatedFacts offer={offer} />}
      </dl>
    </section>
  );
}

const StandingFacts = ({ offer }: { offer: Offer }) => (
  <>
    <dt>{t('how_often')}</dt>
    <dd>{limitWords(offer.limit ?? { times: 1, per: 'day' })}</dd>
    {(offer.first || offer.last) && (
      <>
        <dt>{t('season')}</dt>
        <dd>
          {offer.first && dayOf(offer.first)}–{offer.last && dayOf(offer.last)}
        </dd>
      </>
    )}
  </>
);

const DatedFacts = ({ offer }: { offer: Offer }) => (
  <>
    <dt>{t('how_to_come')}</dt>
    <dd>{[offer.reservable && t('can_book'), offer.walk_ins && t('can_walk_in')].filter(Boolean).join('. ')}</dd>
    {offer.reservable && (
      <>
        <dt>{t('cancel_until')}</dt>
        <dd>{offer.cancel_minutes === 0 ? t('until_start') : t('before_start', { span: durationWords(offer.cancel_minutes) })}</dd>
      </>
    )}
  </>
);

function Sessions({ offer, changed }: { offer: Offer; changed: (text: string) => void }) {
  const now = clock.now();
  const all = [...(offer.sessions ?? [])].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const coming = all.filter((s) => Date.parse(s.end) > now && !s.cancelled_at);
  const past = all.filter((s) => !coming.includes(s)).reverse();
  return (
    <section class="office-part">
      <h2>{t(offer.kind === 'course' ? 'course_dates' : 'dates')}</h2>
      {!offer.closed_at && (
        <div class="row">
          <Link to={`/office/offers/${offer.id}/session`} class="button primary">
            {t('add_date')}
          </Link>
        </div>
      )}
      {coming.length === 0 && <Empty text={t('no_dates')} />}
      <ul class="list">
        {coming.map((s) => (
          <Coming key={s.id} offer={offer} session={s} changed={changed} />
        ))}
      </ul>
      {past.length > 0 && (
        <details class="office-fold">
          <summary>{count('past_dates', past.length)}</summary>
          <ul class="list">
            {past.map((s) => (
              <Past key={s.id} offer={offer} session={s} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Coming({ offer, session, changed }: { offer: Offer; session: Session; changed: (text: string) => void }) {
  const when = whenWords(session);
  return (
    <li class="card">
      <h3>{when}</h3>
      <Fullness session={session} />
      <div class="office-buttons">
        {offer.reservable && Date.parse(session.start) > clock.now() && (
          <Link to={`/office/offers/${offer.id}/reserve/${session.id}`} class="button wide">
            {t('reserve_by_paper')}
            <span class="visually-hidden"> {when}</span>
          </Link>
        )}
        <SeatsButton session={session} when={when} done={() => changed(t('seats_saved'))} />
        {!offer.closed_at && <CopyLink offer={offer} session={session} when={when} />}
        <Confirm
          kind="stop"
          label={t('cancel_date')}
          about={when}
          title={t('cancel_date_title')}
          act={t('cancel_date')}
          send={() => api.cancelSession(asPerson, session.id)}
          done={() => changed(t('date_cancelled'))}
        >
          <p>{when}</p>
          <p>{t('cancel_date_text')}</p>
        </Confirm>
      </div>
    </li>
  );
}

const CopyLink = ({ offer, session, when }: { offer: Offer; session: Session; when: string }) => (
  <Link to={`/office/offers/${offer.id}/session/${session.id}`} class="button">
    {t('copy_date')}
    <span class="visually-hidden"> {when}</span>
  </Link>
);

const Past = ({ offer, session }: { offer: Offer; session: Session }) => (
  <li class="card">
    <h3>{whenWords(session)}</h3>
    {session.cancelled_at ? <p class="office-state stop">{t('state_cancelled')}</p> : <Fullness session={session} />}
    {!offer.closed_at && (
      <div class="row">
        <CopyLink offer={offer} session={session} when={whenWords(session)} />
      </div>
    )}
  </li>
);

function Actions({ offer, changed }: { offer: Offer; changed: (text: string) => void }) {
  return (
    <div class="row office-actions">
      <Link to={`/office/offers/${offer.id}/edit`} class="button">
        {t('edit_offer')}
      </Link>
      <Confirm
        kind="stop"
        label={t('close_offer')}
        title={t('close_offer_title')}
        act={t('close_offer')}
        send={() => api.closeOffer(asPerson, offer.id)}
        done={() => changed(t('offer_closed'))}
      >
        <p>
          <Named text={offer.title} />
        </p>
        <p>{t('close_offer_text')}</p>
      </Confirm>
    </div>
  );
}

/** To the offer whose date was just added. */
export const toOffer = (offer: string): void => go(`/office/offers/${offer}`, { replace: true });
