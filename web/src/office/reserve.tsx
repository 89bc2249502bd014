import { useEffect, useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { formatCode, parseDigits } from '../shared/digits.ts';
import { useWork } from '../shared/signin/gate.tsx';
import type { Offer, Reservation, Session } from '../shared/types.ts';
import { Button, Check, Message, Screen, Select } from '../shared/ui/ui.tsx';
import { dayAndTime } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Confirm, Said, useSaid } from './confirm.tsx';
import { FormField } from './fields.tsx';
import { FormBox, type Sentences, useForm } from './form.tsx';
import { Shown, useLoaded } from './loaded.tsx';
import { forgetMade, type Made, madeHere, rememberMade } from './made.ts';
import { Fullness, Named, whenWords } from './names.tsx';
import type { Params } from './routes.ts';
import { count, type Key, t } from './words.ts';

const MOST_CHILDREN = 15;
const MOST_ASSISTANTS = 5;

/** Books a place for somebody who has the card on paper and calls, or stands at the counter. */
export function Reserve({ params }: { params: Params }) {
  const id = params.offer ?? '';
  const offer = useLoaded(() => api.readOffer(asPerson, id), [id]);
  return (
    <Screen title={t('reserve_by_paper')} back={`/office/offers/${id}`}>
      <Shown of={offer}>
        {(value) => {
          const session = value.sessions?.find((s) => s.id === params.session);
          return session ? (
            <ForSession offer={value} session={session} again={offer.again} />
          ) : (
            <Message kind="stop">
              <p>{t('problem_no_such_session')}</p>
            </Message>
          );
        }}
      </Shown>
    </Screen>
  );
}

function ForSession({ offer, session, again }: { offer: Offer; session: Session; again: () => Promise<void> }) {
  const venue = useWork().acting.organisation ?? '';
  const [last, setLast] = useState<Reservation>();
  const [made, setMade] = useState<Made[]>([]);
  const [said, say] = useSaid();
  const read = () => madeHere(venue, clock.now()).then((all) => setMade(all.filter((m) => m.session === session.id)));
  useEffect(() => void read(), []);

  async function reserved(r: Reservation): Promise<void> {
    setLast(r);
    say(undefined);
    await rememberMade(venue, r, clock.now());
    await Promise.all([read(), again()]);
  }

  async function cancelled(id: string): Promise<void> {
    if (last?.id === id) setLast(undefined);
    say(t('booking_cancelled'));
    await forgetMade(id);
    await Promise.all([read(), again()]);
  }

  return (
    <>
      <div class="card">
        <h2>
          <Named text={offer.title} />
        </h2>
        <p class="office-when">{whenWords(session)}</p>
        <Fullness session={session} />
      </div>
      <Said done={said} />
      {last ? <Done reservation={last} next={() => setLast(undefined)} /> : <PaperForm offer={offer} session={session} done={reserved} />}
      {made.length > 0 && <MadeHere made={made} cancelled={cancelled} />}
    </>
  );
}

/** Which sentence there is for digits that are no paper number: each mix-up has its own. */
function wrongPaper(typed: string): Key | undefined {
  const read = parseDigits(typed);
  if (!read.ok) return read.reason === 'check' ? 'wrong_paper_check' : 'wrong_paper_number';
  return read.kind === 'paper_number' ? undefined : read.kind === 'pass_number' ? 'wrong_paper_pass' : 'wrong_paper_number';
}

function PaperForm({ offer, session, done }: { offer: Offer; session: Session; done: (r: Reservation) => Promise<void> }) {
  const form = useForm();
  const [paper, setPaper] = useState('');
  const [children, setChildren] = useState(0);
  const [assistants, setAssistants] = useState(0);
  const [group, setGroup] = useState(false);

  function submit(): void {
    const why = wrongPaper(paper);
    const wrong: Sentences = why ? { paper_number: () => t(why) } : {};
    const digits = parseDigits(paper);
    const body = {
      paper_number: digits.ok ? digits.digits : '',
      session: session.id,
      party: { assistants, ...(group ? { group: children } : { children }) },
    };
    void form.send(
      wrong,
      body,
      (key) => api.reserveByPaper(asPerson, body, key),
      (r) => void done(r),
    );
  }

  return (
    <FormBox form={form} onSubmit={submit} submit={t('book')}>
      <FormField
        form={form}
        field="paper_number"
        class="digits"
        label={t('paper_number')}
        hint={t('paper_number_hint')}
        inputMode="numeric"
        maxLength={20}
        value={paper}
        onInput={setPaper}
      />
      {offer.kind !== 'course' && (
        <>
          <Check checked={group} onChange={setGroup}>
            {t('group_card')}
          </Check>
          <NumberSelect label={t(group ? 'group_members' : 'children')} value={children} most={MOST_CHILDREN} onChange={setChildren} />
        </>
      )}
      <NumberSelect
        label={t('assistants')}
        hint={t('assistants_hint')}
        value={assistants}
        most={MOST_ASSISTANTS}
        onChange={setAssistants}
      />
    </FormBox>
  );
}

const NumberSelect = (p: { label: string; hint?: string; value: number; most: number; onChange: (n: number) => void }) => (
  <Select
    label={p.label}
    hint={p.hint}
    value={String(p.value)}
    onChange={(n) => p.onChange(Number(n))}
    options={Array.from({ length: p.most + 1 }, (_, n) => ({ value: String(n), text: String(n) }))}
  />
);

function Done({ reservation, next }: { reservation: Reservation; next: () => void }) {
  return (
    <Message kind="ok" live title={t('booked_title')}>
      <p>{count('seats_booked', reservation.seats)}</p>
      {reservation.code && (
        <>
          <p>{t('booking_code_text')}</p>
          <p class="digits-shown">{formatCode(reservation.code)}</p>
        </>
      )}
      <Button onClick={next}>{t('book_another')}</Button>
    </Message>
  );
}

const MadeHere = ({ made, cancelled }: { made: readonly Made[]; cancelled: (id: string) => Promise<void> }) => (
  <section class="office-part">
    <h2>{t('booked_here')}</h2>
    <p class="hint">{t('booked_here_hint')}</p>
    <ul class="list">
      {made.map((m) => (
        <li key={m.id} class="card office-line">
          <span>{count('people_at', m.people, { time: dayAndTime(m.at) })}</span>
          <Confirm
            kind="stop"
            label={t('cancel_booking')}
            about={dayAndTime(m.at)}
            title={t('cancel_booking_title')}
            act={t('cancel_booking')}
            send={() => api.cancelHere(asPerson, m.id)}
            done={() => void cancelled(m.id)}
          >
            <p>{count('people_at', m.people, { time: dayAndTime(m.at) })}</p>
            <p>{t('cancel_booking_text')}</p>
          </Confirm>
        </li>
      ))}
    </ul>
  </section>
);
