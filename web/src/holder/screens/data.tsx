// All that is stored about the holder, in plain words. What GET /v1/me answers is here whole: a test holds it to that.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import * as api from '../../shared/api.ts';
import { formatDigits } from '../../shared/digits.ts';
import type { Network, Problem, Span, Stored, StoredCarrier } from '../../shared/types.ts';
import { Failure, Link, Screen, Skeleton } from '../../shared/ui/ui.tsx';
import { dayAndTime, dayOf, OWN_NAMES, textOf } from '../../shared/words.ts';
import { asPhone, met } from '../contact.ts';
import type { Active } from '../kept.ts';
import { count, t, type Word } from '../words.ts';

interface All {
  stored: Stored;
  networks: readonly Network[];
}

export default function Data({ c }: { c: Active }) {
  const [all, set] = useState<All>();
  const [problem, setProblem] = useState<Problem>();
  const load = async () => {
    setProblem(undefined);
    const [me, networks] = await Promise.all([api.me(asPhone(c)), api.networks()]);
    if (me.ok) return set({ stored: me.value, networks: networks.ok ? networks.value.networks : [] });
    await met(c, me.problem);
    setProblem(me.problem);
  };
  useEffect(() => void load(), [c.id]);
  return (
    <Screen title={t('own_data')} back="/my/more">
      <p>{t('own_data_what')}</p>
      {problem && <Failure problem={problem} retry={() => void load()} />}
      {!all && !problem && <Skeleton rows={6} />}
      {all && <Everything {...all} />}
      <h2>{t('data_here')}</h2>
      <dl class="holder-stored">
        <Fact what="name_label">{c.name ?? t('data_none')}</Fact>
        <Fact what="greeting_label">{c.greeting ?? t('data_none')}</Fact>
      </dl>
      <p>{t('data_here_what')}</p>
      <p>{t('data_wrong')}</p>
      <Link to="/my/erase">{t('erase')}</Link>
    </Screen>
  );
}

const Fact = ({ what, children }: { what: Word; children: ComponentChildren }) => (
  <div>
    <dt>{t(what)}</dt>
    <dd>{children}</dd>
  </div>
);

const yes = (is: boolean): string => t(is ? 'yes' : 'no');

function Everything({ stored: m, networks }: All) {
  return (
    <>
      <h2>{t('data_card')}</h2>
      <dl class="holder-stored">
        <Fact what="pass_number">{formatDigits(m.number)}</Fact>
        <Fact what="data_id">
          <span class="holder-id">{m.id}</span>
        </Fact>
        <Fact what="data_network">{networkName(m, networks)}</Fact>
        <Fact what="data_first">{dayOf(m.first)}</Fact>
        <Fact what="data_last">{dayOf(m.last)}</Fact>
        <Fact what="data_grace">{count('days', m.grace_days)}</Fact>
        <Fact what="data_usable">{dayAndTime(m.usable_until)}</Fact>
        <Fact what="data_issued">{dayAndTime(m.issued_at)}</Fact>
        {m.ended_at && <Fact what="data_ended">{dayAndTime(m.ended_at)}</Fact>}
        <Fact what="data_states">
          {m.states.map((s) => (
            <div key={s.from}>{t('data_since', { what: t(`pass_${s.state}`), time: dayAndTime(s.from) })}</div>
          ))}
        </Fact>
        {m.renew_asked && <Fact what="data_renew_asked">{dayOf(m.renew_asked)}</Fact>}
        <Fact what="data_community">{yes(m.community)}</Fact>
      </dl>
      <h2>{t('data_you')}</h2>
      <dl class="holder-stored">
        <Fact what="birth_year">{m.birth_year ?? t('data_none')}</Fact>
        <Fact what="data_postal">{m.postal_code ?? t('data_none')}</Fact>
        <Fact what="data_municipality">{municipalityName(m, networks)}</Fact>
        <Fact what="data_children">{count('data_children_under', m.children, { age: m.child_age })}</Fact>
        <Fact what="language">{OWN_NAMES[m.language]}</Fact>
        <Fact what="data_terms">{t('data_terms_what', { version: m.terms_version, d: dayOf(m.terms_day) })}</Fact>
      </dl>
      <Carriers m={m} />
      <Codes m={m} />
      <h2>{t('data_counts')}</h2>
      <dl class="holder-stored">
        <Fact what="data_credentials">{m.credentials}</Fact>
        <Fact what="inbox">{m.notices}</Fact>
        <Fact what="reservations">{m.reservations}</Fact>
        <Fact what="data_visits">{m.visits}</Fact>
        <Fact what="data_push">{yes(m.push_address)}</Fact>
        {Object.entries(m.told ?? {}).map(([what, day]) => (
          <Fact key={what} what={what === 'ends_7' ? 'data_told_7' : 'data_told_30'}>
            {dayOf(day)}
          </Fact>
        ))}
      </dl>
      <p>{t('data_visits_what')}</p>
    </>
  );
}

function Carriers({ m }: { m: Stored }) {
  return (
    <>
      <h2>{t('data_carriers')}</h2>
      <ul class="list">
        {m.phones.map((one) => (
          <Carrier key={one.id} one={one} what={t(one.this ? 'data_this_phone' : 'data_a_phone')} />
        ))}
        {m.papers.map((one) => (
          <Carrier key={one.id} one={one} what={t('paper')} />
        ))}
      </ul>
    </>
  );
}

const span = (s: Span): string => `${dayAndTime(s.from)} – ${s.to ? dayAndTime(s.to) : ''}`;

const Carrier = ({ one, what }: { one: StoredCarrier; what: string }) => (
  <li class="card">
    <strong>{what}</strong>
    {one.carried.map((s) => (
      <span key={s.from}>{span(s)}</span>
    ))}
    {one.exp && <span>{t('data_exp', { time: dayAndTime(one.exp) })}</span>}
    {one.undo_until && <span>{t('data_undo', { time: dayAndTime(one.undo_until) })}</span>}
    <span class="holder-id">{one.id}</span>
  </li>
);

function Codes({ m }: { m: Stored }) {
  const { activation: a } = m;
  return (
    <>
      <h2>{t('data_codes')}</h2>
      <p>{t('data_codes_what')}</p>
      <dl class="holder-stored">
        <Fact what="data_activation">
          {a ? t(a.new_phone ? 'data_activation_new' : 'data_activation_until', { time: dayAndTime(a.expires) }) : t('data_none')}
        </Fact>
        {a?.used_at && <Fact what="data_activation_used">{dayAndTime(a.used_at)}</Fact>}
        <Fact what="recovery_code">{m.recovery_code_since ? dayAndTime(m.recovery_code_since) : yes(m.recovery_code)}</Fact>
        <Fact what="data_spoken">{m.spoken_code_at ? dayAndTime(m.spoken_code_at) : t('data_none')}</Fact>
      </dl>
    </>
  );
}

const networkName = (m: Stored, all: readonly Network[]): string => textOf(all.find((n) => n.id === m.network)?.name).text || m.network;

function municipalityName(m: Stored, all: readonly Network[]): string {
  const found = all.flatMap((n) => n.municipalities).find((one) => one.code === m.municipality);
  return textOf(found?.name).text || m.municipality;
}
