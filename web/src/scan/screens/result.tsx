// The answer over the whole screen: colour and shape, one or two words, who comes in, and what comes next.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Party } from '../../shared/types.ts';
import { Button, Check, Chips, problemWords } from '../../shared/ui/ui.tsx';
import { mark, type Shown } from '../door.ts';
import { counted, type Look, type Said } from '../look.ts';
import { isGroup, people, sentence } from '../say.ts';
import { t } from '../words.ts';
import { Shape } from './shape.tsx';

export interface ResultActions {
  next: () => void;
  correct: (party: Party) => void;
  undo?: (() => void) | undefined;
  addPeople?: (() => void) | undefined;
  welcomeThose?: (() => void) | undefined;
  type?: (() => void) | undefined;
}

export function Result({ shown, look, actions, foot }: { shown: Shown; look: Look; actions: ResultActions; foot?: ComponentChildren }) {
  const word = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    word.current?.focus({ preventScroll: true });
    mark('scan:shown');
  }, [shown.turn]);
  const { decision, party } = shown;
  const admitted = decision.decision === 'admitted';
  return (
    <section class={`scan-result ${look.face}`} data-face={look.face} aria-label={t('result')}>
      <div class="scan-result-in">
        <div class="scan-answer">
          <Shape face={look.face} />
          {/* One region for each result: it is announced when it appears, once. */}
          <div key={shown.turn} class="scan-says" role={look.face === 'stop' ? 'alert' : 'status'}>
            <h2 ref={word} tabIndex={-1}>
              {sentence(look.word)}
            </h2>
            {admitted && <p class="scan-people">{people(party, isGroup(decision))}</p>}
            {(shown.practice ? [{ key: 'line_practice' } as const] : look.lines).map((line: Said) => (
              <p key={line.key}>{sentence(line)}</p>
            ))}
          </div>
        </div>
        <div class="scan-do">
          {admitted && <PartyOf shown={shown} correct={actions.correct} />}
          <Trouble shown={shown} welcomeThose={actions.welcomeThose} />
          {actions.addPeople && (
            <>
              <p>{t('line_group_going_on')}</p>
              <Button onClick={actions.addPeople}>{t('add_people')}</Button>
            </>
          )}
          {!shown.question && decision.reason === 'too_many_children' && actions.welcomeThose && (
            <WelcomeThose n={decision.welcome} onClick={actions.welcomeThose} />
          )}
          <Onwards shown={shown} actions={actions} foot={foot} />
        </div>
      </div>
    </section>
  );
}

/** The next one; and what can be done about this one. */
function Onwards({ shown: { decision }, actions, foot }: { shown: Shown; actions: ResultActions; foot?: ComponentChildren }) {
  return (
    <div class="scan-onwards">
      <Button kind="primary" onClick={actions.next}>
        {t('next')}
      </Button>
      <div class="scan-foot">
        {actions.undo && (
          <Button kind="quiet" icon="undo" onClick={actions.undo}>
            {t('undo')}
          </Button>
        )}
        {decision.decision === 'refused' && actions.type && (
          <Button kind="quiet" icon="keyboard" onClick={actions.type}>
            {t('type_code')}
          </Button>
        )}
        <span>{foot}</span>
      </div>
    </div>
  );
}

/** The number of people who may come, one tap each. A guest alone needs none. */
function PartyOf({ shown, correct }: { shown: Shown; correct: (party: Party) => void }) {
  const { decision, party } = shown;
  if (decision.marks?.includes('on_course')) return null;
  const group = isGroup(decision);
  const values = Array.from({ length: decision.welcome + 1 }, (_, n) => n);
  return (
    <div class="scan-party">
      {decision.welcome > 0 && (
        <Chips
          label={t(group ? 'group_size' : 'children')}
          values={values}
          value={group ? (party.group ?? 0) : party.children}
          onChange={(n) => correct(group ? { ...party, group: n } : { ...party, children: n })}
        />
      )}
      <Check checked={party.assistants > 0} onChange={(on) => correct({ ...party, assistants: on ? 1 : 0 })}>
        {t('assistant')}
      </Check>
    </div>
  );
}

/** A change that was not possible: a question where an answer helps, else the reason. */
function Trouble({ shown, welcomeThose }: { shown: Shown; welcomeThose: (() => void) | undefined }) {
  if (shown.problem) {
    return (
      <p class="scan-trouble" role="alert">
        {problemWords(shown.problem)}
      </p>
    );
  }
  const { question } = shown;
  if (!question) return null;
  const tooMany = question.reason === 'too_many_children';
  return (
    <div class="scan-trouble" role="alert">
      <p>{sentence(reasonLine(question))}</p>
      {tooMany && welcomeThose && <WelcomeThose n={question.welcome} onClick={welcomeThose} />}
    </div>
  );
}

function reasonLine({ reason, welcome, limit }: NonNullable<Shown['question']>): Said {
  if (reason === 'too_many_children') return { key: welcome === 1 ? 'line_one_child' : 'line_children_most', n: welcome };
  return reason === 'limit_reached' ? counted('line_seats_limit', limit?.times ?? 1) : { key: 'line_no_places' };
}

const WelcomeThose = ({ n, onClick }: { n: number; onClick: () => void }) => <Button onClick={onClick}>{t('welcome_those', { n })}</Button>;
