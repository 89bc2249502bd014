// Today: what is scanned for, how full it is, and whether this phone is ready for a door without a network.

import { useEffect } from 'preact/hooks';
import { clock } from '../../shared/clock.ts';
import { type Bundle, bundleState } from '../../shared/judge/bundle.ts';
import { go } from '../../shared/route.ts';
import { Icon } from '../../shared/ui/icons.tsx';
import { Button, Empty, Link, Message, NewVersion, Screen, Skeleton } from '../../shared/ui/ui.tsx';
import { dayAt, helsinkiDay, textOf, timeAt } from '../../shared/words.ts';
import { toCheck } from '../queue.ts';
import { type Standing, scanner } from '../scanner.ts';
import { unlockSound } from '../sound.ts';
import { admittedOf, chosenOf, type Place, placesOf, programmeKnown, uselessness } from '../today.ts';
import { useStanding } from '../use.ts';
import { count, type Key, t } from '../words.ts';

export function Today() {
  const standing = useStanding();
  const { enrolment, today, bundle, choice, results } = standing;
  useEffect(() => void scanner.pulse(), []);
  const now = clock.now();
  const day = helsinkiDay(now);
  const places = placesOf(today, bundle, now, helsinkiDay);
  const chosen = chosenOf(choice, places, day);
  const remembered = choice?.day === day && choice.session === chosen?.id;
  const checks = toCheck(results).length;
  const venue = textOf(enrolment?.venue.name);
  return (
    <Screen title={t('today_of', { day: dayAt(now) })}>
      <p class="scan-venue">
        <span lang={venue.lang}>{venue.text}</span> · {enrolment?.label}
      </p>
      <NewVersion />
      <Readiness standing={standing} now={now} />
      {checks > 0 && (
        <Message kind="warn">
          <Link to="/scan/last">{t('check_these_n', { n: checks })}</Link>
        </Message>
      )}
      {places.length === 0 && <Nothing standing={standing} known={programmeKnown(today, bundle, now, helsinkiDay)} />}
      <ul class="list">
        {(chosen ? [chosen, ...places.filter((p) => p !== chosen)] : places).map((place) => (
          <PlaceCard
            key={place.id}
            place={place}
            main={place === (chosen ?? places[0])}
            chosen={remembered && place === chosen}
            standing={standing}
          />
        ))}
      </ul>
      <Link to="/scan/practice" class="button quiet">
        {t('practice')}
      </Link>
    </Screen>
  );
}

/** There is nothing to scan for, or nobody has said yet what there is. */
function Nothing({ standing: { online, heard }, known }: { standing: Standing; known: boolean }) {
  if (!known && online && heard === undefined) return <Skeleton />;
  return (
    <Empty text={t(known ? 'no_events' : 'events_unknown')}>
      {known && <p class="muted">{t('no_events_next')}</p>}
      <Button onClick={() => void scanner.pulse()}>{t('look_again')}</Button>
    </Empty>
  );
}

/** Whether it works without a network, and what waits for one. */
function Readiness({ standing, now }: { standing: Standing; now: number }) {
  const { online, unsent, heard, bundle } = standing;
  const able = uselessness(bundle, now) === undefined;
  return (
    <div class="scan-ready">
      <p>
        <Icon name={online ? 'ok' : 'offline'} /> {t(online ? 'network_ok' : able ? 'network_none' : 'offline')}
      </p>
      <ListState standing={standing} now={now} />
      <p role="status">
        <Icon name={unsent > 0 ? 'today' : 'ok'} /> {unsent > 0 ? count('unsent', unsent) : t('all_sent')}
        {unsent > 0 && heard !== undefined && !online && ` · ${t('updated', { time: timeAt(heard) })}`}
      </p>
    </div>
  );
}

/** Why the list welcomes nobody without a network. */
function unready(bundle: Bundle | undefined, now: number): Key | undefined {
  const useless = uselessness(bundle, now);
  if (useless === 'missing') return bundle ? 'list_unusable' : 'list_none';
  return useless && 'list_not_allowed';
}

export function ListState({ standing: { bundle }, now }: { standing: Standing; now: number }) {
  const why = unready(bundle, now);
  if (!bundle || why) {
    return (
      <p class="scan-unready">
        <Icon name="warn" /> {t(why ?? 'list_none')}
      </p>
    );
  }
  const made = bundle.issued * 1000;
  if (bundleState(bundle, now) === 'old') {
    return (
      <p class="scan-unready">
        <Icon name="warn" /> {count('line_list_old', Math.max(1, Math.floor((now - made) / 86_400_000)))}
      </p>
    );
  }
  const sameDay = helsinkiDay(made) === helsinkiDay(now);
  return (
    <p>
      <Icon name="ok" /> {t(sameDay ? 'ready_offline' : 'list_of_day', { time: timeAt(made), day: dayAt(made) })}
    </p>
  );
}

function PlaceCard({ place, main, chosen, standing }: { place: Place; main: boolean; chosen: boolean; standing: Standing }) {
  const { results, today } = standing;
  const title = textOf(place.title);
  const came = admittedOf(place, results, today?.at, helsinkiDay(clock.now()), helsinkiDay);
  const hour = place.start ? timeAt(place.start) : t('any_day');
  const scan = () => {
    unlockSound(); // a tap is what browsers want before they make a sound
    void scanner.choose(place.id);
    go('/scan/door');
  };
  return (
    <li class={`card scan-place ${chosen ? 'chosen' : ''}`}>
      <h2>
        <span class="scan-hour">{hour}</span> <span lang={title.lang}>{title.text}</span>
      </h2>
      {place.where && <p class="muted">{place.where}</p>}
      <p class="scan-counts">
        {place.kind !== 'standing' && <span>{t('booked_n', { n: place.counts?.reserved ?? '–' })}</span>}
        <span>{t('came_n', { n: came })}</span>
        {place.kind !== 'standing' && place.counts?.free !== undefined && <span>{t('free_n', { n: place.counts.free })}</span>}
        {place.kind !== 'standing' && <span>{t(place.walkIns ? 'walk_ins' : 'only_booked')}</span>}
        {chosen && <strong>{t('chosen')}</strong>}
      </p>
      {place.opens && <p class="muted">{t('opens_at', { time: timeAt(place.opens) })}</p>}
      <Button kind={main ? 'primary' : 'plain'} icon="scan" aria-label={t('scan_what', { title: `${hour} ${title.text}` })} onClick={scan}>
        {t('scan')}
      </Button>
    </li>
  );
}
