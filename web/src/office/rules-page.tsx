import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { go } from '../shared/route.ts';
import type { Day, Network, Rules } from '../shared/types.ts';
import { Check, Empty, Link, Message, Screen } from '../shared/ui/ui.tsx';
import { dayOf, helsinkiDay, textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import type { Area } from './area.ts';
import { FormField, Part } from './fields.tsx';
import { FormBox, type Sentences, useForm } from './form.tsx';
import { addDays, addMonths } from './helsinki.ts';
import { type Loaded, Shown, useLoaded } from './loaded.tsx';
import { durationWords, valueWords, yesOrNo } from './names.tsx';
import {
  type Change,
  changes,
  laterThan,
  type Part as RulePart,
  readRules,
  rulesOn,
  SETTINGS,
  type Setting,
  type TypedRules,
  typedRules,
} from './rules.ts';
import { t } from './words.ts';

const PARTS: readonly RulePart[] = ['cards', 'doors', 'reservations', 'notices', 'statistics'];

function useNetwork(id: string | undefined): Loaded<Network> {
  return useLoaded(async () => {
    const answer = await api.networks();
    if (!answer.ok) return answer;
    const found = answer.value.networks.find((n) => n.id === id);
    return found ? { ok: true as const, value: found } : { ok: false as const, problem: { status: 404, code: 'no_such_network' } };
  }, [id]);
}

/** The rules of a network: those of now, and what is decided for later. */
export function RulesPage({ area }: { area: Area }) {
  const network = useNetwork(area.network);
  return (
    <Screen title={t('rules')} {...(area.back ? { back: area.back } : {})}>
      <Shown of={network}>
        {(value) => (
          <>
            <p class="office-where">
              <strong lang={textOf(value.name).lang}>{textOf(value.name).text}</strong>
            </p>
            <div class="row">
              <Link to={`${area.base}/rules/new`} class="button primary">
                {t('change_rules')}
              </Link>
            </div>
            {value.coming.map((c, i) => (
              <Coming key={c.from} from={c.from} before={value.coming[i - 1]?.rules ?? value.rules} after={c.rules} />
            ))}
            <section class="office-part">
              <h2>{t('rules_now')}</h2>
              {PARTS.map((part) => (
                <Current key={part} part={part} rules={value.rules} />
              ))}
            </section>
          </>
        )}
      </Shown>
    </Screen>
  );
}

const Coming = ({ from, before, after }: { from: Day; before: Rules; after: Rules }) => (
  <section class="card">
    <h2>{t('from_day', { day: dayOf(from) })}</h2>
    <Changes all={changes(before, after)} from={from} />
  </section>
);

function Current({ part, rules }: { part: RulePart; rules: Rules }) {
  return (
    <section class="card">
      <h3>{t(`rules_${part}`)}</h3>
      <dl class="facts">
        {SETTINGS.filter((s) => s.part === part).flatMap((s) => [
          <dt key={s.name}>{t(`rule_${s.name}`)}</dt>,
          <dd key={`${s.name}-is`}>{valueWords(s, rules[s.name])}</dd>,
        ])}
        {part === 'doors' && (
          <>
            <dt>{t('rule_offline')}</dt>
            <dd>{yesOrNo(!rules.offline_not_allowed)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

const partOf = (c: Change): RulePart => (c.setting === 'offline' ? 'doors' : c.setting.part);
const nameOf = (c: Change): string => (c.setting === 'offline' ? t('rule_offline') : t(`rule_${c.setting.name}`));

function Sides({ change }: { change: Change }) {
  const words = (n: number | boolean) => (change.setting === 'offline' ? yesOrNo(n === true) : valueWords(change.setting, Number(n)));
  return (
    <span>
      {nameOf(change)}: {t('now_and_then', { before: words(change.before), after: words(change.after) })}
    </span>
  );
}

/** What differs, in words, and for whom. */
function Changes({ all, from }: { all: readonly Change[]; from: Day }) {
  if (all.length === 0) return <p class="muted">{t('nothing_changes')}</p>;
  return (
    <>
      {PARTS.filter((part) => all.some((c) => partOf(c) === part)).map((part) => (
        <div key={part} class="office-changes">
          <ul>
            {all
              .filter((c) => partOf(c) === part)
              .map((c) => (
                <li key={nameOf(c)}>
                  <Sides change={c} />
                </li>
              ))}
          </ul>
          <p class="muted">{t(`whom_${part}`, { day: dayOf(from) })}</p>
        </div>
      ))}
    </>
  );
}

/** New rules from a day on, with what they change before they are saved. */
export function NewRules({ area }: { area: Area }) {
  const network = useNetwork(area.network);
  return (
    <Screen title={t('change_rules')} back={`${area.base}/rules`}>
      <Shown of={network}>{(value) => <RulesForm area={area} network={value} />}</Shown>
    </Screen>
  );
}

function RulesForm({ area, network }: { area: Area; network: Network }) {
  const form = useForm();
  const today = helsinkiDay(clock.now());
  const [from, setFrom] = useState<Day>(`${addMonths(today, 1).slice(0, 8)}01`);
  const [typed, setTyped] = useState<TypedRules>(() => typedRules(rulesOn(network, from)));
  const read = readRules(typed);

  function submit(): void {
    const wrong: Sentences = {
      ...(from >= today ? {} : { from: () => t('wrong_from_day') }),
      ...Object.fromEntries(read.ok ? [] : read.wrong.map((s) => [`rules.${s.name}`, () => rangeWords(s)])),
    };
    const body = { from, rules: read.ok ? read.rules : network.rules };
    void form.send(
      wrong,
      body,
      () => api.setRules(asPerson, network.id, body),
      () => go(`${area.base}/rules`, { replace: true }),
    );
  }

  return (
    <FormBox form={form} onSubmit={submit} submit={t('save')}>
      <FormField
        form={form}
        field="from"
        type="date"
        label={t('rules_from')}
        hint={t('rules_from_hint')}
        min={today}
        value={from}
        onInput={setFrom}
      />
      {PARTS.map((part) => (
        <Part key={part} title={t(`rules_${part}`)}>
          {SETTINGS.filter((s) => s.part === part).map((s) => (
            <FormField
              key={s.name}
              form={form}
              field={`rules.${s.name}`}
              label={labelOf(s)}
              hint={s.unit === 'minutes' && Number(typed[s.name]) >= 60 ? durationWords(Number(typed[s.name])) : undefined}
              inputMode="numeric"
              maxLength={4}
              value={typed[s.name]}
              onInput={(words) => setTyped((now) => ({ ...now, [s.name]: words }))}
            />
          ))}
          {part === 'doors' && (
            <Check checked={!typed.offline_not_allowed} onChange={(on) => setTyped((now) => ({ ...now, offline_not_allowed: !on }))}>
              {t('rule_offline')}
            </Check>
          )}
        </Part>
      ))}
      <section class="card">
        <h2>{t('what_changes')}</h2>
        {from && read.ok ? <Preview network={network} from={from} rules={read.rules} /> : <Empty text={t('fill_first')} />}
      </section>
    </FormBox>
  );
}

const labelOf = (s: Setting): string => (s.unit === 'plain' ? t(`rule_${s.name}`) : `${t(`rule_${s.name}`)} (${t(`unit_${s.unit}`)})`);

const rangeWords = (s: Setting): string => `${t(`rule_${s.name}`)}: ${t('wrong_range', { low: s.low, high: s.high })}`;

function Preview({ network, from, rules }: { network: Network; from: Day; rules: Rules }) {
  const [next] = laterThan(network, from);
  return (
    <>
      <Changes all={changes(rulesOn(network, addDays(from, -1)), rules)} from={from} />
      {network.coming.some((c) => c.from === from) && (
        <Message kind="warn">
          <p>{t('rules_replaced', { day: dayOf(from) })}</p>
        </Message>
      )}
      {next && (
        <Message kind="warn">
          <p>{t('rules_until', { day: dayOf(next) })}</p>
        </Message>
      )}
    </>
  );
}
