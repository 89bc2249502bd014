import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Facts, isDone, STEPS, type StepName, stepOf, TOO_OLD } from './facts.ts';
import type { Holding } from './holding.ts';
import { PARTS, type Part } from './messages.ts';
import type { Standing } from './standing.ts';
import type { Key, Say } from './words.ts';

interface GuideProps {
  t: Say;
  facts: Facts;
  standing: Standing;
  holding: Holding;
  network: (on: boolean, ...parts: ('holder' | 'venue')[]) => void;
  lose: () => void;
  look: () => void;
  again: () => void;
  /** Goes back to the phones, while one looks at what the server knows. */
  back: (() => void) | undefined;
  /** Brings a phone into sight, where they do not all fit. */
  show: ((part: Part) => void) | undefined;
}

/** The seven steps, and what is to be done in the one at hand. */
export function Guide(p: GuideProps) {
  const { t, facts } = p;
  const step = stepOf(facts);
  return (
    <div class="stage-guide">
      <ol class="stage-steps" aria-label={t('steps')}>
        {STEPS.map((name, i) => (
          <li key={name} data-step={name} class={isDone(facts, name) ? 'done' : ''} aria-current={name === step ? 'step' : undefined}>
            <span class="stage-number" aria-hidden="true">
              {isDone(facts, name) ? '✓' : i + 1}
            </span>
            <span class="stage-name">
              {t(nameOf(name))}
              {isDone(facts, name) && <span class="visually-hidden"> ({t('done')})</span>}
            </span>
          </li>
        ))}
      </ol>
      <section class="stage-now" aria-live="polite">
        <h2>{step ? `${t('step', { n: STEPS.indexOf(step) + 1 })}: ${t(nameOf(step))}` : t('knows_name')}</h2>
        {p.standing.failed ? <Failed {...p} why={p.standing.failed} /> : step ? <Step {...p} step={step} /> : <End {...p} />}
      </section>
      {p.show && (
        <nav class="stage-tabs" aria-label={t('phones')}>
          {PARTS.map((part) => (
            <button key={part} type="button" class="button" onClick={() => p.show?.(part)}>
              {t(part)}
            </button>
          ))}
        </nav>
      )}
    </div>
  );
}

const nameOf = (step: StepName): Key => `${step}_name`;

function Failed({ t, why, again }: GuideProps & { why: string }) {
  return (
    <>
      <p>{t('failed', { why })}</p>
      <Action onClick={again}>{t('retry')}</Action>
    </>
  );
}

function Step(p: GuideProps & { step: StepName }) {
  const { t, facts } = p;
  switch (p.step) {
    case 'make':
      return PARTS.every((part) => p.standing.here.includes(part)) ? <p>{t('make_text')}</p> : <p>{t('starting')}</p>;
    case 'activate':
      return <p>{t(facts.activated ? 'activate_open' : 'activate_text')}</p>;
    case 'welcome':
      return (
        <>
          <p>{t('welcome_text')}</p>
          <Hold {...p} />
        </>
      );
    case 'old':
      return <Old {...p} />;
    case 'offline':
      return <Offline {...p} />;
    case 'lost':
      return (
        <>
          <p>{t(facts.stopped ? 'lost_hold' : facts.lost ? 'lost_stop' : 'lost_text')}</p>
          {facts.stopped ? <Hold {...p} /> : !facts.lost && <Action onClick={p.lose}>{t('lose')}</Action>}
        </>
      );
    case 'knows':
      return (
        <>
          <p>{t('knows_text')}</p>
          <Action onClick={p.look}>{t('look')}</Action>
        </>
      );
  }
}

const End = ({ t, look, back }: GuideProps) => (
  <>
    <p>{t('end_text')}</p>
    <Action onClick={back ?? look}>{t(back ? 'back' : 'look')}</Action>
  </>
);

/** First the networks go, then there is a welcome in amber, then they come back. */
function Offline(p: GuideProps) {
  const { t, facts, standing, network } = p;
  const off = !standing.online.holder && !standing.online.venue;
  if (facts.amber) {
    return (
      <>
        <p>{t('offline_amber')}</p>
        <Action onClick={() => network(true, 'holder', 'venue')}>{t('both_on')}</Action>
      </>
    );
  }
  return (
    <>
      <p>{t('offline_text')}</p>
      {off ? <Hold {...p} /> : <Action onClick={() => network(false, 'holder', 'venue')}>{t('both_off')}</Action>}
    </>
  );
}

/** The picture may be held up before it is too old: then that waits. */
function Old(p: GuideProps) {
  const { t, holding, standing } = p;
  const [wanted, want] = useState(false);
  const age = useAge(holding.taken);
  const ready = age !== undefined && age >= TOO_OLD;
  useEffect(() => {
    if (!wanted || !ready || !standing.camera) return;
    want(false);
    holding.hold('old');
  }, [wanted, ready, standing.camera]);
  return (
    <>
      <p>{t('old_text')}</p>
      <p class="stage-age" aria-live="off">
        {age === undefined
          ? t('need_code')
          : `${t('old_age', { age: Math.floor(age / 1000) })} ${ready ? t('old_ready') : t('old_wait', { left: Math.ceil((TOO_OLD - age) / 1000) })}`}
      </p>
      <Action busy={wanted || holding.held === 'old'} hint={standing.camera ? undefined : t('need_camera')} onClick={() => want(true)}>
        {t(holding.held === 'old' ? 'holding' : wanted ? 'waiting_old' : 'hold_old')}
      </Action>
    </>
  );
}

function useAge(taken: number | undefined): number | undefined {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return taken === undefined ? undefined : Math.max(0, now - taken);
}

/** Holds the phone before the camera. What is missing for it is said beside the button. */
function Hold({ t, standing, holding }: GuideProps) {
  const missing = !standing.code ? t('need_code') : !standing.camera ? t('need_camera') : undefined;
  return (
    <Action busy={holding.held === 'live'} hint={missing} onClick={() => holding.hold('live')}>
      {t(holding.held === 'live' ? 'holding' : 'hold')}
    </Action>
  );
}

/** The one thing to press in this step. */
function Action(p: { children: ComponentChildren; onClick: () => void; busy?: boolean; hint?: string | undefined }) {
  const off = p.busy || p.hint !== undefined;
  return (
    <div class="stage-action">
      <button type="button" class="button primary" aria-disabled={off ? 'true' : undefined} onClick={() => !off && p.onClick()}>
        {p.children}
      </button>
      {p.hint && <span class="hint">{p.hint}</span>}
    </div>
  );
}
