import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { go } from '../shared/route.ts';
import type { Network } from '../shared/types.ts';
import { Check, Screen, Select } from '../shared/ui/ui.tsx';
import { textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Boxes, Choice, FormField, firstOf, Part } from './fields.tsx';
import { type Form, FormBox, fieldId, type Sentences, useForm } from './form.tsx';
import { useLoaded } from './loaded.tsx';
import { durationWords } from './names.tsx';
import { MOST_SEATS, NEW_OFFER, offerAsked, type TypedOffer, type WrongOffer, wrongOffer } from './offer.ts';
import { OfferWords } from './offer-words.tsx';
import { count, t } from './words.ts';

const HOUR = 60;
const DAY = 24 * HOUR;
/** Until how long before the start a booking can be cancelled, in minutes. */
const CANCEL = [0, HOUR, 2 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY];
const PERS = ['day', 'week', 'month', '3_months', 'year', 'season'] as const;

type Set = (change: Partial<TypedOffer>) => void;
interface Fields {
  form: Form;
  typed: TypedOffer;
  set: Set;
}

export function NewOffer() {
  const form = useForm();
  const [typed, setTyped] = useState<TypedOffer>(NEW_OFFER);
  const networks = useLoaded(() => api.networks());
  const set: Set = (change) => setTyped((now) => ({ ...now, ...change }));

  function submit(): void {
    const body = offerAsked(typed);
    void form.send(
      sentences(wrongOffer(typed)),
      body,
      (key) => api.createOffer(asPerson, body, key),
      (offer) => go(`/office/offers/${offer.id}`, { replace: true }),
    );
  }

  const fields: Fields = { form, typed, set };
  return (
    <Screen title={t('new_offer')} back="/office/offers">
      <FormBox form={form} onSubmit={submit} submit={t('save')}>
        <Choice
          legend={t('offer_kind')}
          value={typed.kind}
          onChange={(kind) => set({ kind })}
          options={(['event', 'course', 'standing'] as const).map((value) => ({
            value,
            text: t(`kind_${value}`),
            hint: t(`kind_${value}_hint`),
          }))}
        />
        <OfferWords form={form} typed={typed} onChange={set} />
        <Where {...fields} networks={networks.value?.networks ?? []} />
        {typed.kind === 'standing' ? <Standing {...fields} /> : <Booking {...fields} />}
        {typed.kind !== 'course' && <Seats {...fields} />}
      </FormBox>
    </Screen>
  );
}

function sentences(wrong: readonly WrongOffer[]): Sentences {
  const words: Record<WrongOffer, () => string> = {
    title: () => t('wrong_title'),
    networks: () => t('wrong_networks'),
    walk_ins: () => t('wrong_walk_ins'),
    'limit.times': () => t('wrong_limit_times'),
    first: () => t('wrong_first'),
    last: () => t('wrong_last'),
  };
  return Object.fromEntries(wrong.map((field) => [field === 'title' ? firstOf('title') : field, words[field]]));
}

/** Where it is, what it is counted as, and whose cards may take it. */
function Where({ form, typed, set, networks }: Fields & { networks: readonly Network[] }) {
  const municipalities = networks
    .flatMap((n) => n.municipalities)
    .map((m) => ({ value: m.code, text: textOf(m.name).text, lang: textOf(m.name).lang }))
    .sort((a, b) => a.text.localeCompare(b.text, 'fi'));
  return (
    <Part title={t('where_and_whom')}>
      <Select
        id={fieldId('municipality')}
        label={t('municipality')}
        value={typed.municipality}
        error={form.wrong.municipality}
        onChange={(municipality) => set({ municipality })}
        options={[{ value: '', text: t('venues_own') }, ...municipalities]}
      />
      <Select
        id={fieldId('sector')}
        label={t('sector')}
        value={typed.sector}
        error={form.wrong.sector}
        onChange={(sector) => set({ sector })}
        options={[
          { value: '', text: t('venues_own') },
          ...(['culture', 'education', 'science', 'sport'] as const).map((value) => ({ value, text: t(`sector_${value}`) })),
        ]}
      />
      <Choice
        legend={t('whose_cards')}
        value={typed.everywhere ? 'all' : 'some'}
        onChange={(whose) => set({ everywhere: whose === 'all' })}
        options={[
          { value: 'all', text: t('cards_everywhere') },
          { value: 'some', text: t('cards_of_some') },
        ]}
      />
      {!typed.everywhere && (
        <Boxes legend={t('areas')} id={fieldId('networks')} error={form.wrong.networks}>
          {networks.map((n) => (
            <Check
              key={n.id}
              checked={typed.networks.includes(n.id)}
              onChange={(on) => set({ networks: on ? [...typed.networks, n.id] : typed.networks.filter((id) => id !== n.id) })}
            >
              <span lang={textOf(n.name).lang}>{textOf(n.name).text}</span>
            </Check>
          ))}
        </Boxes>
      )}
    </Part>
  );
}

/** How people come to what has dates. */
function Booking({ form, typed, set }: Fields) {
  return (
    <Part title={t('booking')}>
      <Boxes legend={t('how_to_come')} id={fieldId('walk_ins')} error={form.wrong.walk_ins}>
        <Check checked={typed.reservable} onChange={(reservable) => set({ reservable })}>
          {t('can_book')}
        </Check>
        <Check checked={typed.walkIns} onChange={(walkIns) => set({ walkIns })}>
          {t('can_walk_in')}
        </Check>
      </Boxes>
      {typed.reservable && (
        <Select
          id={fieldId('cancel_minutes')}
          label={t('cancel_until')}
          value={typed.cancelMinutes}
          error={form.wrong.cancel_minutes}
          onChange={(cancelMinutes) => set({ cancelMinutes })}
          options={CANCEL.map((minutes) => ({ value: String(minutes), text: beforeWords(minutes) }))}
        />
      )}
    </Part>
  );
}

function beforeWords(minutes: number): string {
  if (minutes === 0) return t('until_start');
  const span = minutes % DAY === 0 ? count('days', minutes / DAY) : durationWords(minutes);
  return t('before_start', { span });
}

/** How often one card may take what is there on any day, and in which season. */
function Standing({ form, typed, set }: Fields) {
  return (
    <Part title={t('how_often')}>
      <FormField
        form={form}
        field="limit.times"
        label={t('limit_times')}
        inputMode="numeric"
        maxLength={3}
        value={typed.times}
        onInput={(times) => set({ times })}
      />
      <Select
        id={fieldId('limit.per')}
        label={t('limit_per')}
        value={typed.per}
        error={form.wrong['limit.per']}
        onChange={(per) => set({ per })}
        options={PERS.map((value) => ({ value, text: t(`per_${value}`) }))}
      />
      <FormField
        form={form}
        field="first"
        type="date"
        label={t('first_day')}
        hint={typed.per === 'season' ? undefined : t('optional')}
        value={typed.first}
        onInput={(first) => set({ first })}
      />
      <FormField
        form={form}
        field="last"
        type="date"
        label={t('last_day')}
        hint={typed.per === 'season' ? undefined : t('optional')}
        value={typed.last}
        onInput={(last) => set({ last })}
      />
    </Part>
  );
}

/** How many come with one card, and whether children take seats. */
function Seats({ form, typed, set }: Fields) {
  const numbers = Array.from({ length: MOST_SEATS }, (_, i) => String(i + 1));
  return (
    <Part title={t('seats')}>
      <Select
        id={fieldId('seats_per_pass')}
        label={t('seats_per_card')}
        value={typed.most}
        error={form.wrong.seats_per_pass}
        onChange={(most) => set({ most })}
        options={[{ value: '0', text: t('as_card_covers') }, ...numbers.map((value) => ({ value, text: value }))]}
      />
      <Choice
        legend={t('children')}
        value={typed.childrenCounted ? 'counted' : 'beside'}
        onChange={(how) => set({ childrenCounted: how === 'counted' })}
        options={[
          { value: 'beside', text: t('children_beside'), hint: t('children_beside_hint') },
          { value: 'counted', text: t('children_counted'), hint: t('children_counted_hint') },
        ]}
      />
    </Part>
  );
}
