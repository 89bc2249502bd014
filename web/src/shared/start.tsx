// How a role's page begins: the clock and the words are read, the service worker is told what to keep, and the role is drawn.

import { type ComponentType, render } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { wakeClock } from './clock.ts';
import { common } from './words/common.ts';
import { onLanguage, startWords, type Tables } from './words.ts';

export interface Role {
  words: Tables;
  /** Words of what the role shares with some others. Its own win. */
  also?: readonly Tables[];
  App: ComponentType;
  /** What the service worker keeps for use without a network, from the first visit on. Left out: the role says it later. */
  keep?: 'holder' | 'scan' | 'desk' | 'office';
}

export async function start(role: Role): Promise<void> {
  await Promise.all([wakeClock(), startWords([common, ...(role.also ?? []), role.words])]);
  const at = document.getElementById('app');
  if (at) render(<Root App={role.App} />, at);
  void import('./offline.ts').then((offline) => offline.register(role.keep));
}

/** Draws everything anew in the language that was chosen; what was typed in forms stays, for the components stay. */
function Root({ App }: { App: ComponentType }) {
  const [, draw] = useReducer((times: number) => times + 1, 0);
  useEffect(() => onLanguage(() => draw(undefined)), []);
  return <App />;
}
