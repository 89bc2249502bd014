// Every component in every state, to be looked at and to be held to account by tests. It is no part of the app: only tests, and people
// who work on it, build it.

import { start } from '../shared/start.tsx';
import type { Tables } from '../shared/words.ts';
import { Guide } from './guide.tsx';

const none = () => Promise.resolve({ default: {} });
const words: Tables = { fi: none, sv: none, en: none, easy: none };

void start({ words, App: Guide });
