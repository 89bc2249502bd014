import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import type { Offer, Session } from '../shared/types.ts';
import { Button, Message, Screen } from '../shared/ui/ui.tsx';
import { dayOf, textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { copied, datesAsked, moved, readDates, type Typed, type WrongDate, weekly, weeksAhead } from './dates.ts';
import { FormField, Part } from './fields.tsx';
import { type Form, FormBox, type Sentences, useForm } from './form.tsx';
import { parseLocal } from './helsinki.ts';
import { Shown, useLoaded } from './loaded.tsx';
import { toOffer } from './offer-page.tsx';
import type { Params } from './routes.ts';
import { SeatsFields, seatsAsked, type TypedSeats, wrongSeats } from './seats.tsx';
import { t } from './words.ts';

const EMPTY: Typed = { day: '', from: '', to: '' };
const MOST_MEETINGS = 200;

/** Adds a date to an offer: empty, or as another one was, a week or more later. */
export function NewSession({ params }: { params: Params }) {
  const id = params.offer ?? '';
  const offer = useLoaded(() => api.readOffer(asPerson, id), [id]);
  return (
    <Screen title={t(params.session ? 'copy_date' : 'add_date')} back={`/office/offers/${id}`}>
      <Shown of={offer}>{(value) => <SessionForm offer={value} model={value.sessions?.find((s) => s.id === params.session)} />}</Shown>
    </Screen>
  );
}

function SessionForm({ offer, model }: { offer: Offer; model: Session | undefined }) {
  const form = useForm();
  const course = offer.kind === 'course';
  const [rows, setRows] = useState<Typed[]>(() => (model ? copied(model, weeksAhead(model, clock.now())) : [EMPTY]));
  const [seats, setSeats] = useState<TypedSeats>({
    seats: model && !model.no_limit ? String(model.seats) : '',
    noLimit: model?.no_limit ?? false,
  });

  function submit(): void {
    const read = readDates(rows, clock.now());
    const wrong: Sentences = {
      ...(read.ok ? {} : { [`dates.${read.row}.${read.wrong.field}`]: () => wrongDate(read.wrong) }),
      ...wrongSeats(seats),
    };
    const body = { ...(read.ok ? datesAsked(read.all, course) : {}), ...seatsAsked(seats) };
    void form.send(
      wrong,
      body,
      (key) => api.createSession(asPerson, offer.id, body, key),
      () => toOffer(offer.id),
    );
  }

  return (
    <FormBox form={form} onSubmit={submit} submit={t('save')}>
      <p>
        <strong lang={textOf(offer.title).lang}>{textOf(offer.title).text}</strong>
      </p>
      {model && (
        <Message>
          <p>{t('copied_from_text')}</p>
        </Message>
      )}
      {course ? (
        <CourseDates form={form} rows={rows} setRows={setRows} moves={model !== undefined} />
      ) : (
        <DateFields form={form} row={0} typed={rows[0] ?? EMPTY} onChange={(typed) => setRows([typed])} />
      )}
      <Part title={t('seats')}>
        <SeatsFields form={form} typed={seats} onChange={setSeats} hint={t('seats_hint')} />
      </Part>
    </FormBox>
  );
}

function wrongDate(wrong: WrongDate): string {
  switch (wrong.why) {
    case 'missing':
      return t(`wrong_${wrong.field}`);
    case 'never':
      return t('wrong_never');
    case 'over':
      return t('wrong_over');
    case 'order':
      return t('wrong_order');
  }
}

/** A day, a start and an end in Finnish time. */
function DateFields(p: { form: Form; row: number; typed: Typed; onChange: (typed: Typed) => void }) {
  const field = (name: string) => `dates.${p.row}.${name}`;
  return (
    <div class="office-date">
      <FormField
        form={p.form}
        field={field('day')}
        type="date"
        label={t('day')}
        value={p.typed.day}
        onInput={(day) => p.onChange({ ...p.typed, day })}
      />
      <FormField
        form={p.form}
        field={field('from')}
        type="time"
        label={t('starts')}
        value={p.typed.from}
        onInput={(from) => p.onChange({ ...p.typed, from })}
      />
      <FormField
        form={p.form}
        field={field('to')}
        type="time"
        label={t('ends')}
        value={p.typed.to}
        onInput={(to) => p.onChange({ ...p.typed, to })}
      />
      <Notes typed={p.typed} />
    </div>
  );
}

/** What the typed times mean where they could be read in two ways. */
function Notes({ typed }: { typed: Typed }) {
  const start = parseLocal(typed.day, typed.from);
  const overnight = typed.from !== '' && typed.to !== '' && typed.to <= typed.from;
  if (start?.kind !== 'twice' && !overnight) return null;
  return (
    <p class="hint" role="status">
      {overnight && t('ends_next_day')} {start?.kind === 'twice' && t('time_comes_twice', { day: dayOf(typed.day) })}
    </p>
  );
}

/** The dates of a course: typed one by one, or every week so many times. Of a copy they all move with the first. */
function CourseDates(p: { form: Form; rows: Typed[]; setRows: (rows: Typed[]) => void; moves: boolean }) {
  const [times, setTimes] = useState('8');
  const [first] = p.rows;
  const n = Number(times);
  const can = !!first?.day && !!first.from && !!first.to && n >= 2 && n <= MOST_MEETINGS;

  function change(row: number, typed: Typed): void {
    const day = row === 0 && p.moves && typed.day !== first?.day && typed.day;
    p.setRows(day ? moved(p.rows, day) : p.rows.map((r, i) => (i === row ? typed : r)));
  }

  return (
    <Part title={t('course_dates')}>
      <ol class="list">
        {p.rows.map((typed, row) => (
          <li key={row} class="card">
            <fieldset class="office-choice">
              <legend>{t('meeting', { n: row + 1 })}</legend>
              <DateFields form={p.form} row={row} typed={typed} onChange={(changed) => change(row, changed)} />
            </fieldset>
            {p.rows.length > 1 && (
              <Button kind="quiet" onClick={() => p.setRows(p.rows.filter((_, i) => i !== row))}>
                {t('remove_meeting', { n: row + 1 })}
              </Button>
            )}
          </li>
        ))}
      </ol>
      <Button icon="new" onClick={() => p.setRows([...p.rows, ...weekly(p.rows.at(-1) ?? EMPTY, 2).slice(1)])} disabled={!first?.day}>
        {t('add_meeting')}
      </Button>
      {p.rows.length === 1 && (
        <div class="card">
          <FormField
            form={p.form}
            field="weeks"
            label={t('weekly_times')}
            hint={t('weekly_hint')}
            inputMode="numeric"
            maxLength={3}
            value={times}
            onInput={setTimes}
          />
          <Button disabled={!can} onClick={() => first && p.setRows(weekly(first, n))}>
            {t('weekly_fill')}
          </Button>
        </div>
      )}
    </Part>
  );
}
