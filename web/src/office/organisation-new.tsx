import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { go } from '../shared/route.ts';
import type { NewOrganisation, OrganisationKind, Sector, Text } from '../shared/types.ts';
import { Screen, Select } from '../shared/ui/ui.tsx';
import { textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import type { Area } from './area.ts';
import { Choice, FormField, firstOf, NameFields } from './fields.tsx';
import { FormBox, fieldId, type Sentences, useForm } from './form.tsx';
import { useLoaded } from './loaded.tsx';
import { isEmptyText, writtenText } from './text.ts';
import { t } from './words.ts';

interface Typed {
  kind: OrganisationKind;
  name: Text;
  municipality: string;
  sector: Sector | '';
  first: string;
  last: string;
}

/** Adds a member of a network, or a pop-up. */
export function NewOrganisationScreen({ area }: { area: Area }) {
  const popup = area.network === undefined;
  const form = useForm();
  const networks = useLoaded(() => api.networks());
  const [typed, setTyped] = useState<Typed>({
    kind: popup ? 'popup' : 'distributor',
    name: {},
    municipality: '',
    sector: popup ? 'culture' : '',
    first: '',
    last: '',
  });
  const set = (change: Partial<Typed>) => setTyped((now) => ({ ...now, ...change }));
  const near = networks.value?.networks.filter((n) => popup || n.id === area.network) ?? [];
  const doors = typed.kind !== 'distributor';

  function submit(): void {
    const body = asked(typed, area.network);
    void form.send(
      wrong(typed),
      body,
      (key) => api.createOrganisation(asPerson, body, key),
      (made) => go(`${area.organisations}/${made.id}`, { replace: true }),
    );
  }

  return (
    <Screen title={t(popup ? 'new_popup' : 'new_organisation')} back={area.list}>
      <FormBox form={form} onSubmit={submit} submit={t('save')}>
        {!popup && (
          <Choice
            legend={t('organisation_kind')}
            value={typed.kind}
            onChange={(kind) => set({ kind })}
            options={(['distributor', 'venue', 'institute'] as const).map((value) => ({
              value,
              text: t(`organisation_${value}`),
              hint: t(`organisation_${value}_hint`),
            }))}
          />
        )}
        <NameFields form={form} field="name" label={t('name')} value={typed.name} onChange={(name) => set({ name })} />
        <Select
          id={fieldId('municipality')}
          label={t('municipality')}
          value={typed.municipality}
          error={form.wrong.municipality}
          onChange={(municipality) => set({ municipality })}
          options={[
            { value: '', text: t('choose') },
            ...near
              .flatMap((n) => n.municipalities)
              .map((m) => ({ value: m.code, text: textOf(m.name).text }))
              .sort((a, b) => a.text.localeCompare(b.text, 'fi')),
          ]}
        />
        {doors && (
          <Select
            id={fieldId('sector')}
            label={t('sector')}
            value={typed.sector}
            error={form.wrong.sector}
            onChange={(sector) => set({ sector })}
            options={[
              { value: '', text: t('choose') },
              ...(['culture', 'education', 'science', 'sport'] as const).map((value) => ({ value, text: t(`sector_${value}`) })),
            ]}
          />
        )}
        {popup && (
          <>
            <FormField
              form={form}
              field="first"
              type="date"
              label={t('first_day')}
              value={typed.first}
              onInput={(first) => set({ first })}
            />
            <FormField form={form} field="last" type="date" label={t('last_day')} value={typed.last} onInput={(last) => set({ last })} />
          </>
        )}
      </FormBox>
    </Screen>
  );
}

function wrong(typed: Typed): Sentences {
  const popup = typed.kind === 'popup';
  return {
    ...(isEmptyText(typed.name) ? { [firstOf('name')]: () => t('wrong_name') } : {}),
    ...(typed.municipality ? {} : { municipality: () => t('wrong_municipality') }),
    ...(typed.kind === 'distributor' || typed.sector ? {} : { sector: () => t('wrong_sector') }),
    ...(popup && !typed.first ? { first: () => t('wrong_first') } : {}),
    ...(popup && (!typed.last || typed.last < typed.first) ? { last: () => t('wrong_last') } : {}),
  };
}

function asked(typed: Typed, network: string | undefined): NewOrganisation {
  return {
    kind: typed.kind,
    name: writtenText(typed.name),
    municipality: typed.municipality,
    ...(network === undefined ? { first: typed.first, last: typed.last } : { network }),
    ...(typed.kind !== 'distributor' && typed.sector ? { sector: typed.sector } : {}),
  };
}
