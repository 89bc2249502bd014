import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import type { Today, TodaySession, TodayStanding } from '../shared/types.ts';
import { Icon, type IconName } from '../shared/ui/icons.tsx';
import { Empty, Link, Message, Screen } from '../shared/ui/ui.tsx';
import { dayOf, number, timeAt } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { VenueChecklist } from './checklist.tsx';
import { Shown, useLoaded } from './loaded.tsx';
import { Fullness, limitWords, Named, whenWords } from './names.tsx';
import { count, t } from './words.ts';

/** How often the numbers are read again while somebody looks at them. */
const EVERY = 20_000;

/** Today's door: what happens at the venue, and how many came. It goes on by itself. */
export function Door() {
  const today = useLoaded(() => api.doorToday(asPerson), [], EVERY);
  const conflicts = useLoaded(() => api.conflicts(asPerson), [], 3 * EVERY);
  const unseen = conflicts.value?.conflicts.filter((c) => !c.seen_at).length ?? 0;
  return (
    <Screen title={t('door_title')}>
      {today.value && (
        <p class="office-where">
          <Named text={today.value.venue.name} />
          <span class="muted">{dayOf(today.value.day)}</span>
        </p>
      )}
      {unseen > 0 && (
        <Message kind="warn">
          <p>{count('conflicts_unseen', unseen)}</p>
          <Link to="/office/conflicts" class="button">
            {t('conflicts_title')}
          </Link>
        </Message>
      )}
      <Shown of={today}>{(value) => <TodayList today={value} />}</Shown>
      {today.at !== undefined && !today.problem && <p class="muted">{t('updates_itself', { time: timeAt(today.at) })}</p>}
    </Screen>
  );
}

function TodayList({ today }: { today: Today }) {
  if (today.sessions.length === 0 && today.standing.length === 0) return <NothingToday />;
  return (
    <>
      {today.sessions.length > 0 && (
        <ul class="list">
          {today.sessions.map((s) => (
            <SessionToday key={s.id} session={s} />
          ))}
        </ul>
      )}
      {today.standing.length > 0 && (
        <section class="office-part">
          <h2>{t('standing_today')}</h2>
          <ul class="list">
            {today.standing.map((s) => (
              <StandingToday key={s.id} offer={s} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const NothingToday = () => (
  <VenueChecklist>
    <Empty text={t('nothing_today')}>
      <Link to="/office/offers" class="button primary">
        {t('tab_offers')}
      </Link>
    </Empty>
  </VenueChecklist>
);

function SessionToday({ session }: { session: TodaySession }) {
  const started = Date.parse(session.start) <= clock.now();
  return (
    <li class="card">
      <div>
        <p class="office-when">{whenWords(session)}</p>
        <h2>
          <Link to={`/office/offers/${session.offer}`}>
            <Named text={session.title} />
          </Link>
        </h2>
        {session.place && <p class="muted">{session.place}</p>}
      </div>
      <DoorState session={session} />
      <Fullness session={session} />
      {!started && !session.cancelled_at && (
        <Link to={`/office/offers/${session.offer}/reserve/${session.id}`} class="button">
          {t('reserve_by_paper')}
        </Link>
      )}
    </li>
  );
}

type State = { icon: IconName; kind: 'ok' | 'calm' | 'stop'; text: string };

function stateOf(s: TodaySession): State {
  if (s.cancelled_at) return { icon: 'stop', kind: 'stop', text: t('state_cancelled') };
  if (s.open) return { icon: 'ok', kind: 'ok', text: t('state_open') };
  if (s.opens) return { icon: 'today', kind: 'calm', text: t('state_opens', { time: timeAt(s.opens) }) };
  return { icon: 'info', kind: 'calm', text: t('state_over') };
}

function DoorState({ session }: { session: TodaySession }) {
  const state = stateOf(session);
  return (
    <p class={`office-state ${state.kind}`}>
      <Icon name={state.icon} />
      <span>
        {state.text}
        {!session.walk_ins && <span class="muted"> · {t('needs_booking')}</span>}
      </span>
    </p>
  );
}

const StandingToday = ({ offer }: { offer: TodayStanding }) => (
  <li class="card">
    <div>
      <h3>
        <Link to={`/office/offers/${offer.id}`}>
          <Named text={offer.title} />
        </Link>
      </h3>
      {offer.place && <p class="muted">{offer.place}</p>}
    </div>
    <dl class="office-counts">
      <div>
        <dt>{t('arrived')}</dt>
        <dd>{number(offer.admitted)}</dd>
      </div>
      {offer.limit && (
        <div class="words">
          <dt>{t('one_card')}</dt>
          <dd>{limitWords(offer.limit)}</dd>
        </div>
      )}
    </dl>
  </li>
);
