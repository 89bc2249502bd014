// What has happened on the stage, and so which of the seven steps one stands at. Pure.

import type { Part, Said } from './messages.ts';

export type StepName = 'make' | 'activate' | 'welcome' | 'old' | 'offline' | 'lost' | 'knows';
export const STEPS: readonly StepName[] = ['make', 'activate', 'welcome', 'old', 'offline', 'lost', 'knows'];

export interface Facts {
  /** The card that was made last. */
  pass?: string | undefined;
  activated: boolean;
  /** The holder has seen the code. */
  shown: boolean;
  welcome: boolean;
  /** A picture that is more than a minute old was refused. */
  old: boolean;
  /** The scan that was welcomed without a network. */
  amber?: string | undefined;
  confirmed: boolean;
  /** The phone is in other hands. */
  lost: boolean;
  stopped: boolean;
  refused: boolean;
  looked: boolean;
}

export const NOTHING: Facts = {
  activated: false,
  shown: false,
  welcome: false,
  old: false,
  confirmed: false,
  lost: false,
  stopped: false,
  refused: false,
  looked: false,
};

/** What the visitor does on the stage itself. */
export type Done = { kind: 'lose' } | { kind: 'looked' };

/** What is so after something was said. What belongs to a later step is not taken for an earlier one. */
export function after(facts: Facts, said: Said | Done): Facts {
  switch (said.kind) {
    case 'issued':
      return facts.activated ? facts : { ...facts, pass: said.pass };
    case 'activated':
      return facts.pass === undefined ? facts : { ...facts, pass: said.pass, activated: true };
    case 'code':
      return facts.activated && said.shown ? { ...facts, shown: true } : facts;
    case 'stopped':
      return said.pass === facts.pass ? afterStop(facts) : facts;
    case 'resumed':
      return said.pass === facts.pass ? { ...facts, stopped: false } : facts;
    case 'lose':
      return { ...facts, lost: true };
    case 'looked':
      return { ...facts, looked: true };
    case 'result':
      return facts.activated ? afterResult(facts, said) : facts;
    default:
      return facts;
  }
}

/** A phone that can still hear of it would show no code any more, and nothing could be refused: so it is lost by then, if not before. */
const afterStop = (facts: Facts): Facts => ({ ...facts, stopped: true, lost: facts.lost || stepOf(facts) === 'lost' });

function afterResult(facts: Facts, said: Extract<Said, { kind: 'result' }>): Facts {
  if (said.decision === 'admitted' && said.offline && !facts.confirmed) facts = { ...facts, amber: said.id };
  if (said.id === facts.amber && said.sent && !said.conflict) facts = { ...facts, confirmed: true };
  if (said.decision === 'admitted' && !said.offline) return { ...facts, welcome: true };
  if (said.reason === 'stale_code') return { ...facts, old: true };
  if (said.reason === 'not_in_use' && facts.stopped) return { ...facts, refused: true };
  return facts;
}

export function isDone(facts: Facts, step: StepName): boolean {
  switch (step) {
    case 'make':
      return facts.pass !== undefined;
    case 'activate':
      return facts.shown;
    case 'welcome':
      return facts.welcome;
    case 'old':
      return facts.old;
    case 'offline':
      return facts.confirmed;
    case 'lost':
      return facts.refused;
    case 'knows':
      return facts.looked;
  }
}

/** The first step that is not done; none when all are. */
export const stepOf = (facts: Facts): StepName | undefined => STEPS.find((step) => !isDone(facts, step));

/** In which frames there is something to do, the first of them first. */
export function where(facts: Facts): readonly Part[] {
  switch (stepOf(facts)) {
    case 'make':
      return ['worker'];
    case 'activate':
      return facts.activated ? ['holder'] : ['holder', 'worker'];
    case 'welcome':
    case 'old':
    case 'offline':
      return ['venue', 'holder'];
    case 'lost':
      return facts.stopped ? ['venue'] : facts.lost ? ['worker'] : []; // first it gets lost, on the stage itself
    default:
      return [];
  }
}

/** How old a picture must be, in milliseconds, so that a door refuses it: a code may be shown for a minute. */
export const TOO_OLD = 62_000;
