// Where a frame begins: what an earlier visit left on this origin is forgotten, and then one goes in as whom the frame plays.

import { clear, keep } from '../../../../web/src/shared/db.ts';
import { played } from './messages.ts';

const mine = played(document.currentScript);

async function forget(): Promise<void> {
  sessionStorage.clear();
  await clear();
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
}

async function enter(): Promise<void> {
  await forget();
  await keep('language', new URLSearchParams(location.search).get('language') ?? 'en');
  const answer = await fetch('/stage/in', { method: 'POST' });
  const { to, why } = (await answer.json()) as { to?: string; why?: string };
  if (!to) throw new Error(why);
  location.replace(to);
}

enter().catch((why: unknown) => {
  const text = why instanceof Error ? why.message : String(why);
  const at = document.getElementById('why');
  if (at) at.textContent = text;
  if (mine) parent.postMessage({ part: mine.part, said: { kind: 'failed', why: text } }, mine.stage);
});
