import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { divisible } from '../shared/soft.ts';
import type { Network } from '../shared/types.ts';
import { Button, Dialog, Empty, Link, Message, Screen } from '../shared/ui/ui.tsx';
import { dayOf, helsinkiDay, textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { areaOf } from './area.ts';
import { Checklist } from './checklist.tsx';
import { Said, useSaid } from './confirm.tsx';
import { FormField } from './fields.tsx';
import { FormBox, useForm } from './form.tsx';
import { addMonths } from './helsinki.ts';
import { Shown, useLoaded } from './loaded.tsx';
import { Named } from './names.tsx';
import { count, t } from './words.ts';

/** All networks. */
export function Networks() {
  const list = useLoaded(() => api.networks());
  return (
    <Screen title={t('areas')}>
      <div class="row">
        <Link to="/office/networks/new" class="button primary">
          {t('new_area')}
        </Link>
      </div>
      <Shown of={list}>
        {({ networks }) =>
          networks.length === 0 ? (
            <Checklist
              steps={[
                { text: t('step_area'), to: '/office/networks/new', done: false },
                { text: t('step_coordinator'), to: '/office/people/invite', done: false },
              ]}
            />
          ) : (
            <ul class="list">
              {networks.map((n) => (
                <li key={n.id}>
                  <Link to={areaOf(n.id).base} class="card office-row">
                    <strong>
                      <Named text={n.name} />
                    </strong>
                    <span class="muted">{statusWords(n)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Screen>
  );
}

function statusWords(n: Network): string {
  const today = helsinkiDay(clock.now());
  const kind = t(n.local_only ? 'area_local' : n.status === 'pilot' ? 'area_pilot' : 'area_permanent');
  if (n.first > today) return `${kind} · ${t('begins_on', { day: dayOf(n.first) })}`;
  if (!n.last) return kind;
  return `${kind} · ${t(n.last < today ? 'ended_on' : 'until_day', { day: dayOf(n.last) })}`;
}

/** One network: what it is and where to go on. */
export function NetworkPage({ id }: { id: string }) {
  const list = useLoaded(() => api.networks(), [id]);
  const found = list.value?.networks.find((n) => n.id === id);
  const [said, say] = useSaid();
  return (
    <Screen title={found ? divisible(textOf(found.name).text) : t('area')} back="/office">
      <Said done={said} />
      <Shown of={list}>
        {() =>
          found ? (
            <About
              network={found}
              extended={() => {
                say(t('pilot_extended'));
                void list.again();
              }}
            />
          ) : (
            <Empty text={t('problem_no_such_network')} />
          )
        }
      </Shown>
    </Screen>
  );
}

function About({ network, extended }: { network: Network; extended: () => void }) {
  const { base } = areaOf(network.id);
  return (
    <>
      <p class="muted">{statusWords(network)}</p>
      {network.local_only && (
        <Message>
          <p>{t('area_local_hint')}</p>
        </Message>
      )}
      <ul class="list">
        {(['organisations', 'people', 'rules'] as const).map((to) => (
          <li key={to}>
            <Link to={`${base}/${to}`} class="card office-row">
              <strong>{t(to)}</strong>
            </Link>
          </li>
        ))}
      </ul>
      {network.status === 'pilot' && <ExtendButton network={network} done={extended} />}
      <details class="office-fold">
        <summary>{count('municipalities', network.municipalities.length)}</summary>
        <ul class="office-plain">
          {network.municipalities.map((m) => (
            <li key={m.code}>
              <Named text={m.name} /> <span class="muted">{[m.code, ...(m.postal_prefixes ?? [])].join(' · ')}</span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

/** Moves a pilot's last day; its cards go on with it. */
function ExtendButton({ network, done }: { network: Network; done: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="row">
      <Button onClick={() => setOpen(true)}>{t('extend_pilot')}</Button>
      <Dialog title={t('extend_pilot')} open={open} onClose={() => setOpen(false)}>
        <ExtendForm
          network={network}
          done={() => {
            setOpen(false);
            done();
          }}
        />
      </Dialog>
    </div>
  );
}

function ExtendForm({ network, done }: { network: Network; done: () => void }) {
  const form = useForm();
  const now = network.last ?? helsinkiDay(clock.now());
  const [last, setLast] = useState(addMonths(now, 6));

  function submit(): void {
    void form.send(
      last > now ? {} : { last: () => t('wrong_later_day', { day: dayOf(now) }) },
      last,
      () => api.extendPilot(asPerson, network.id, last),
      done,
    );
  }
  return (
    <FormBox form={form} onSubmit={submit} submit={t('save')}>
      <p>{t('extend_text', { day: dayOf(now) })}</p>
      <FormField form={form} field="last" type="date" label={t('new_last_day')} min={now} value={last} onInput={setLast} />
    </FormBox>
  );
}
