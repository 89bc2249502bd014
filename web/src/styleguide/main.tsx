// Every component in every state, to be looked at and to be held to account by tests. It is no part of the app: only tests, and people
// who work on it, build it.

import { words } from '../scan/words.ts';
import { after, usePath } from '../shared/route.ts';
import { start } from '../shared/start.tsx';
import { Guide } from './guide.tsx';
import { OneResult, RESULT_PATH, RESULTS } from './results.tsx';

function App() {
  const name = after(RESULT_PATH, usePath()) ?? '';
  const result = RESULTS[name];
  return result ? <OneResult key={name} decision={result} /> : <Guide />;
}

void start({ words, App });
