// The first steps of somebody who begins: shown where nothing is yet, with what is done ticked off.

import type { VNode } from 'preact';
import * as api from '../shared/api.ts';
import { Icon } from '../shared/ui/icons.tsx';
import { Link, Skeleton } from '../shared/ui/ui.tsx';
import { asPerson } from '../shared/work.ts';
import { useLoaded } from './loaded.tsx';
import { t } from './words.ts';

interface Step {
  text: string;
  to: string;
  done: boolean;
}

export function Checklist({ steps }: { steps: readonly Step[] }) {
  const first = steps.find((s) => !s.done);
  return (
    <section class="card office-steps">
      <h2>{t('first_steps')}</h2>
      <ol>
        {steps.map((s) => (
          <li key={s.to} class={s.done ? 'done' : ''}>
            <Icon name={s.done ? 'ok' : 'new'} />
            <span>
              <Link to={s.to}>{s.text}</Link>
              {s.done && <span class="muted"> · {t('done')}</span>}
            </span>
          </li>
        ))}
      </ol>
      {first && (
        <Link to={first.to} class="button primary">
          {first.text}
        </Link>
      )}
    </section>
  );
}

/** A venue's first steps; once they are done, what stands below. */
export function VenueChecklist({ children }: { children: VNode }) {
  const state = useLoaded(async () => {
    const [offers, scanners, people] = await Promise.all([api.offers(asPerson), api.scanners(asPerson), api.people(asPerson, {})]);
    if (!offers.ok) return offers;
    if (!scanners.ok) return scanners;
    if (!people.ok) return people;
    return {
      ok: true as const,
      value: {
        offers: offers.value.offers.length > 0,
        scanners: scanners.value.scanners.some((s) => s.state === 'working' || s.state === 'waiting'),
        people: people.value.people.length > 1,
      },
    };
  });
  if (!state.value) return state.problem ? children : <Skeleton />;
  const { offers, scanners, people } = state.value;
  if (offers && scanners) return children;
  return (
    <Checklist
      steps={[
        { text: t('step_offer'), to: '/office/offers/new', done: offers },
        { text: t('step_scanner'), to: '/office/scanners/new', done: scanners },
        { text: t('step_colleague'), to: '/office/people/invite', done: people },
      ]}
    />
  );
}
