// Where a frame begins: what an earlier visit left on this origin is forgotten, and then one goes in as whom the frame plays: the worker is
// signed in, and the door’s phone is enrolled.

import { scanner } from '../../../../web/src/scan/scanner.ts';
import { clear, keep } from '../../../../web/src/shared/db.ts';
import { played } from './messages.ts';

const mine = played(document.currentScript);

/** At a real door an answer goes by itself; here it stays, to be looked at. */
const CALM = { keepShowing: true };

async function forget(): Promise<void> {
  sessionStorage.clear();
  await clear();
  await forgetApp().catch(() => undefined); // some private windows keep none
}

/** The app itself is fetched anew: an earlier demo may have had another. */
async function forgetApp(): Promise<void> {
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
}

async function enter(): Promise<void> {
  await forget();
  await keep('language', new URLSearchParams(location.search).get('language') ?? 'en');
  if (mine?.part === 'venue') await keep('scan-settings', CALM);
  const answer = await fetch('/stage/in', { method: 'POST' });
  const { to, code, why } = (await answer.json()) as { to?: string; code?: string; why?: string };
  if (!to) throw new Error(why);
  if (code) await enrol(code);
  location.replace(to);
}

/** Makes this phone the door's, as the app does when somebody types the manager's code. */
async function enrol(code: string): Promise<void> {
  const answer = await scanner.enrol(code);
  if (typeof answer === 'string' || !answer.ok) throw new Error(typeof answer === 'string' ? answer : answer.problem.code);
}

enter().catch((why: unknown) => {
  const text = why instanceof Error ? why.message : String(why);
  const at = document.getElementById('why');
  if (at) at.textContent = text;
  if (mine) parent.postMessage({ part: mine.part, said: { kind: 'failed', why: text } }, mine.stage);
});
