import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { go } from '../shared/route.ts';
import type { Offer } from '../shared/types.ts';
import { Check, Screen } from '../shared/ui/ui.tsx';
import { asPerson } from '../shared/work.ts';
import { Boxes, firstOf } from './fields.tsx';
import { FormBox, fieldId, useForm } from './form.tsx';
import { Shown, useLoaded } from './loaded.tsx';
import { typedWords, wordsAsked } from './offer.ts';
import { OfferWords } from './offer-words.tsx';
import type { Params } from './routes.ts';
import { isEmptyText } from './text.ts';
import { t } from './words.ts';

/** Changes the words of an offer and whether one may come without a booking; all else stays as those who booked know it. */
export function EditOffer({ params }: { params: Params }) {
  const id = params.offer ?? '';
  const offer = useLoaded(() => api.readOffer(asPerson, id), [id]);
  return (
    <Screen title={t('edit_offer')} back={`/office/offers/${id}`}>
      <Shown of={offer}>{(value) => <EditForm offer={value} />}</Shown>
    </Screen>
  );
}

function EditForm({ offer }: { offer: Offer }) {
  const form = useForm();
  const [typed, setTyped] = useState(typedWords(offer));
  const [walkIns, setWalkIns] = useState(offer.walk_ins);

  function submit(): void {
    const body = { ...wordsAsked(typed), walk_ins: walkIns };
    void form.send(
      {
        ...(isEmptyText(typed.title) ? { [firstOf('title')]: () => t('wrong_title') } : {}),
        ...(!walkIns && !offer.reservable ? { walk_ins: () => t('wrong_walk_ins') } : {}),
      },
      body,
      () => api.describeOffer(asPerson, offer.id, body),
      () => go(`/office/offers/${offer.id}`, { replace: true }),
    );
  }

  return (
    <FormBox form={form} onSubmit={submit} submit={t('save')}>
      <OfferWords form={form} typed={typed} onChange={(words) => setTyped((now) => ({ ...now, ...words }))} />
      {offer.kind !== 'standing' && (
        <Boxes legend={t('how_to_come')} id={fieldId('walk_ins')} error={form.wrong.walk_ins}>
          <Check checked={walkIns} onChange={setWalkIns}>
            {t('can_walk_in')}
          </Check>
        </Boxes>
      )}
    </FormBox>
  );
}
