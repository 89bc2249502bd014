import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { go } from '../shared/route.ts';
import type { Network, Text } from '../shared/types.ts';
import { Icon } from '../shared/ui/icons.tsx';
import { Check, Screen } from '../shared/ui/ui.tsx';
import { helsinkiDay } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { areaOf } from './area.ts';
import { Choice, FormField, firstOf, LongField, NameFields } from './fields.tsx';
import { FormBox, type Sentences, useForm } from './form.tsx';
import { Named } from './names.tsx';
import { type MunicipalityRow, readMunicipalities, slug } from './table.ts';
import { isEmptyText, writtenText } from './text.ts';
import { count, t } from './words.ts';

interface Typed {
  name: Text;
  /** Undefined as long as it follows the name. */
  id: string | undefined;
  status: Network['status'];
  first: string;
  last: string;
  localOnly: boolean;
  municipalities: string;
}

/** Adds a network with its municipalities. */
export function NewNetwork() {
  const form = useForm();
  const [typed, setTyped] = useState<Typed>({
    name: {},
    id: undefined,
    status: 'permanent',
    first: helsinkiDay(clock.now()),
    last: '',
    localOnly: false,
    municipalities: '',
  });
  const set = (change: Partial<Typed>) => setTyped((now) => ({ ...now, ...change }));
  const id = typed.id ?? slug(typed.name.fi ?? typed.name.sv ?? typed.name.en ?? '');
  const rows = readMunicipalities(typed.municipalities);

  function submit(): void {
    const body = {
      id,
      name: writtenText(typed.name),
      status: typed.status,
      first: typed.first,
      ...(typed.status === 'pilot' ? { last: typed.last } : {}),
      local_only: typed.localOnly,
      municipalities: rows.flatMap((r) => (r.ok ? [r.municipality] : [])),
    };
    void form.send(
      wrong(typed, id, rows),
      body,
      (key) => api.createNetwork(asPerson, body, key),
      (made) => go(areaOf(made.id).base, { replace: true }),
    );
  }

  return (
    <Screen title={t('new_area')} back="/office">
      <FormBox form={form} onSubmit={submit} submit={t('save')}>
        <NameFields form={form} field="name" label={t('name')} value={typed.name} onChange={(name) => set({ name })} />
        <FormField
          form={form}
          field="id"
          label={t('short_name')}
          hint={t('short_name_hint')}
          maxLength={40}
          autocapitalize="off"
          spellcheck={false}
          value={id}
          onInput={(short) => set({ id: short })}
        />
        <Choice
          legend={t('area_status')}
          value={typed.status}
          onChange={(status) => set({ status })}
          options={[
            { value: 'permanent', text: t('area_permanent') },
            { value: 'pilot', text: t('area_pilot'), hint: t('area_pilot_hint') },
          ]}
        />
        <FormField form={form} field="first" type="date" label={t('first_day')} value={typed.first} onInput={(first) => set({ first })} />
        {typed.status === 'pilot' && (
          <FormField form={form} field="last" type="date" label={t('last_day')} value={typed.last} onInput={(last) => set({ last })} />
        )}
        <Check checked={typed.localOnly} onChange={(localOnly) => set({ localOnly })}>
          {t('area_local')}
          <span class="hint office-under">{t('area_local_hint')}</span>
        </Check>
        <pre class="office-example">{t('municipalities_example')}</pre>
        <LongField
          form={form}
          field="municipalities"
          label={t('municipalities_label')}
          hint={t('municipalities_hint')}
          rows={6}
          value={typed.municipalities}
          onInput={(municipalities) => set({ municipalities })}
        />
        <div role="status">{rows.length > 0 && <Rows rows={rows} />}</div>
      </FormBox>
    </Screen>
  );
}

function wrong(typed: Typed, id: string, rows: readonly MunicipalityRow[]): Sentences {
  const bad = rows.filter((r) => !r.ok).length;
  return {
    ...(isEmptyText(typed.name) ? { [firstOf('name')]: () => t('wrong_name') } : {}),
    ...(/^[a-z][a-z0-9-]{1,39}$/.test(id) ? {} : { id: () => t('wrong_id') }),
    ...(typed.first ? {} : { first: () => t('wrong_first') }),
    ...(typed.status === 'pilot' && (!typed.last || typed.last < typed.first) ? { last: () => t('wrong_last') } : {}),
    ...(rows.length === 0
      ? { municipalities: () => t('wrong_municipalities') }
      : bad > 0
        ? { municipalities: () => count('rows_wrong', bad) }
        : {}),
  };
}

const Rows = ({ rows }: { rows: readonly MunicipalityRow[] }) => (
  <ul class="office-plain">
    {rows.map((r, i) => (
      <li key={i} class={`office-state ${r.ok ? 'ok' : 'stop'}`}>
        <Icon name={r.ok ? 'ok' : 'stop'} />
        {r.ok ? (
          <span>
            <Named text={r.municipality.name} /> {[r.municipality.code, ...(r.municipality.postal_prefixes ?? [])].join(' · ')}
          </span>
        ) : (
          <span>
            {r.text}: {t(`municipality_${r.wrong}`)}
          </span>
        )}
      </li>
    ))}
  </ul>
);
