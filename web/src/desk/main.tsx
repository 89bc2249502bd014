import { auditWords } from '../shared/audit/words.ts';
import { signInWords } from '../shared/signin/words.ts';
import { start } from '../shared/start.tsx';
import { App } from './app.tsx';
import { words } from './words.ts';

void start({ words, also: [signInWords, auditWords], App, keep: 'desk' });
