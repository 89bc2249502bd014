// What a tab of the stage keeps over a reload. What an earlier run of the demo left is not taken up: its cards are gone.

import { type Facts, NOTHING } from './facts.ts';
import type { Language } from './messages.ts';

export interface Kept {
  run: string;
  started: boolean;
  language?: Language | undefined;
  facts: Facts;
  answers: readonly Answer[];
}

/** What the server told the door. */
export interface Answer {
  path: string;
  body: unknown;
  at: number;
}

const NAME = 'stage';

export function read(run: string): Kept {
  const fresh: Kept = { run, started: false, facts: NOTHING, answers: [] };
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? 'null') as Kept | null;
    return kept?.run === run ? kept : { ...fresh, language: kept?.language };
  } catch {
    return fresh;
  }
}

export const write = (kept: Kept): void => sessionStorage.setItem(NAME, JSON.stringify(kept));
