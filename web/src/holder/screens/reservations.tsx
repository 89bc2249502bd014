// The own reservations: the next one first, readable without a network. Cancelling needs one, and is never queued.

import { useEffect, useState } from 'preact/hooks';
import * as api from '../../shared/api.ts';
import { clock } from '../../shared/clock.ts';
import { divisible } from '../../shared/soft.ts';
import type { Problem, Reservation, ReservationState } from '../../shared/types.ts';
import { Button, Dialog, Empty, Failure, Message, Screen, Skeleton } from '../../shared/ui/ui.tsx';
import { dayAndTime, textOf, weekdayAndTime } from '../../shared/words.ts';
import { changeActive } from '../carried.ts';
import { asPhone, met, readReservations } from '../contact.ts';
import type { Active } from '../kept.ts';
import { useOnline } from '../online.ts';
import { inOrder, mayCancel } from '../reserved.ts';
import { count, type Key, t } from '../words.ts';
import { Old } from './old.tsx';

const STATES: Readonly<Record<ReservationState, Key>> = {
  reserved: 'state_reserved',
  waiting: 'state_waiting',
  offered: 'state_offered',
  used: 'state_used',
  on_course: 'state_used',
  missed: 'state_missed',
  cancelled: 'state_cancelled',
  undone: 'state_cancelled',
  refused: 'state_cancelled',
  conflict: 'state_cancelled',
  closed: 'state_cancelled',
};

export default function Reservations({ c }: { c: Active }) {
  const online = useOnline();
  const [problem, setProblem] = useState<Problem>();
  const [said, setSaid] = useState<string>();
  const load = () => void readReservations(c).then((p) => setProblem(p && !api.isOffline(p) ? p : undefined));
  useEffect(load, [c.id]);
  const { coming, past } = inOrder(c.reservations ?? [], clock.now());
  const list = (all: readonly Reservation[]) => (
    <ul class="list">
      {all.map((r) => (
        <Item key={r.id} c={c} r={r} online={online} onDone={setSaid} />
      ))}
    </ul>
  );
  return (
    <Screen title={t('reservations')}>
      {!online && <Old heard={c.heard} />}
      {problem && <Failure problem={problem} retry={load} />}
      <div role="status">{said && <Message kind="ok">{said}</Message>}</div>
      {c.reservations === undefined && online && !problem && <Skeleton />}
      {c.reservations !== undefined && coming.length + past.length === 0 && <Empty text={t('reservations_none')} />}
      {list(coming)}
      {past.length > 0 && (
        <details class="holder-past">
          <summary>{t('reservations_past')}</summary>
          {list(past)}
        </details>
      )}
    </Screen>
  );
}

function Item({ c, r, online, onDone }: { c: Active; r: Reservation; online: boolean; onDone: (said: string) => void }) {
  const [asking, setAsking] = useState(false);
  const title = textOf(r.title);
  const venue = textOf(r.venue);
  const open = mayCancel(r, clock.now());
  const why = `why-${r.id}`;
  return (
    <li class="card">
      <h2 lang={title.lang}>{divisible(title.text)}</h2>
      <p class="holder-when">{weekdayAndTime(r.start)}</p>
      <p>
        <span lang={venue.lang}>{divisible(venue.text)}</span>
        {r.place && ` · ${divisible(r.place)}`}
      </p>
      <p>
        {people(r)} · <strong>{t(STATES[r.state])}</strong>
      </p>
      {r.meetings && r.meetings.length > 1 && <p>{count('meetings', r.meetings.length)}</p>}
      {open && (
        <>
          <p class="muted" id={why}>
            {online ? t('cancel_until', { time: dayAndTime(r.cancel_until) }) : t('cancel_needs_network')}
          </p>
          <Button kind="stop" disabled={!online} aria-describedby={why} onClick={() => setAsking(true)}>
            {t('cancel_it')} <span class="visually-hidden">{title.text}</span>
          </Button>
        </>
      )}
      {asking && <Cancel c={c} r={r} title={title.text} onClose={() => setAsking(false)} onDone={onDone} />}
    </li>
  );
}

function people(r: Reservation): string {
  const group = r.party.group ?? 0;
  if (group > 0) return t('people_group_n', { n: group });
  return r.party.children === 0 ? t('people_none') : count('people', r.party.children);
}

interface Cancelling {
  c: Active;
  r: Reservation;
  title: string;
  onClose: () => void;
  onDone: (said: string) => void;
}

/** If it fails, the reservation is still shown as reserved, for so it is. */
function Cancel({ c, r, title, onClose, onDone }: Cancelling) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const cancel = async () => {
    setBusy(true);
    const answer = await api.cancelReservation(asPhone(c), r.id);
    setBusy(false);
    if (!answer.ok) {
      await met(c, answer.problem);
      return setProblem(answer.problem);
    }
    onDone(t('cancelled', { title }));
    onClose();
    await changeActive(c.id, (now) => ({
      ...now,
      reservations: (now.reservations ?? []).map((one) => (one.id === r.id ? answer.value : one)),
    }));
  };
  const actions = (
    <>
      <Button kind="stop" busy={busy} onClick={() => void cancel()}>
        {t('cancel_yes')}
      </Button>
      <Button onClick={onClose}>{t('cancel_no')}</Button>
    </>
  );
  return (
    <Dialog title={t('cancel_title')} open onClose={onClose} actions={actions}>
      <p>
        {title}, {weekdayAndTime(r.start)}
      </p>
      {problem && <Failure problem={problem} />}
    </Dialog>
  );
}
