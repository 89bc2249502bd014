import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import type { Session } from '../shared/types.ts';
import { Button, Check, Dialog } from '../shared/ui/ui.tsx';
import { number } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { FormField } from './fields.tsx';
import { type Form, FormBox, type Sentences, useForm } from './form.tsx';
import { t } from './words.ts';

const MOST = 1000;

/** The number of seats as it is typed. */
export interface TypedSeats {
  seats: string;
  noLimit: boolean;
}

export function wrongSeats(typed: TypedSeats): Sentences {
  const n = Number(typed.seats);
  return typed.noLimit || (/^\d{1,4}$/.test(typed.seats.trim()) && n >= 1 && n <= MOST) ? {} : { seats: () => t('wrong_seats') };
}

export const seatsAsked = (typed: TypedSeats): { seats: number } | { no_limit: true } =>
  typed.noLimit ? { no_limit: true } : { seats: Number(typed.seats) };

export function SeatsFields(p: { form: Form; typed: TypedSeats; onChange: (typed: TypedSeats) => void; hint?: string }) {
  return (
    <>
      {!p.typed.noLimit && (
        <FormField
          form={p.form}
          field="seats"
          label={t('seats_for_cards')}
          hint={p.hint}
          inputMode="numeric"
          maxLength={4}
          value={p.typed.seats}
          onInput={(seats) => p.onChange({ ...p.typed, seats })}
        />
      )}
      <Check checked={p.typed.noLimit} onChange={(noLimit) => p.onChange({ ...p.typed, noLimit })}>
        {t('no_limit')}
      </Check>
    </>
  );
}

/** Changes the number of seats of a session. Nobody loses a place by it, and the dialog says how low it can go. */
export function SeatsButton({ session, when, done }: { session: Session; when: string; done: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        {t('change_seats')}
        <span class="visually-hidden"> {when}</span>
      </Button>
      <Dialog title={t('change_seats')} open={open} onClose={() => setOpen(false)}>
        <SeatsForm
          session={session}
          when={when}
          done={() => {
            setOpen(false);
            done();
          }}
        />
      </Dialog>
    </>
  );
}

function SeatsForm({ session, when, done }: { session: Session; when: string; done: () => void }) {
  const form = useForm();
  const [typed, setTyped] = useState<TypedSeats>({ seats: session.no_limit ? '' : String(session.seats), noLimit: session.no_limit });
  const taken = session.counts?.free === undefined ? undefined : session.seats - session.counts.free;

  function submit(): void {
    const body = seatsAsked(typed);
    void form.send(wrongSeats(typed), body, () => api.changeSeats(asPerson, session.id, body), done);
  }

  return (
    <FormBox form={form} onSubmit={submit} submit={t('save')}>
      <p>{when}</p>
      <SeatsFields
        form={form}
        typed={typed}
        onChange={setTyped}
        {...(!taken ? {} : { hint: t('seats_taken_now', { n: number(taken) }) })}
      />
    </FormBox>
  );
}
