// The service worker, seen from a page: registered once, told what to keep, and asked to give way to a newer version only when that loses
// nothing.

type Kept = 'holder' | 'scan' | 'desk' | 'office';

const listeners = new Set<() => void>();
let waiting: ServiceWorker | undefined;
/** Whether there is a newer version than this page's: it waits, or another page has taken it into use. */
let newer = false;
let chosen = false;

/** The try of a newer version to take over at this start: the worker before it is told nothing until it is over. */
let tried: Promise<void> | undefined;

/** So many milliseconds after its start a page has nothing yet that could be lost. */
const SOON = 4000;

/** Registers the service worker. A newer version that was fetched before takes over at once; after a slow start, when it is wanted. */
export async function register(keep: Kept | undefined): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  let controlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (chosen) location.reload();
    else if (controlled) tellNewer();
    controlled = true;
  });
  try {
    const registration = await navigator.serviceWorker.register('/sw.js', { scope: '/' });
    if (registration.waiting && controlled) {
      waiting = registration.waiting;
      tried = tryNow();
      await tried;
      tellNewer();
    }
    registration.addEventListener('updatefound', () => watch(registration.installing));
    // An installed app is seldom closed: it looks for a newer version when it is opened again.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
    });
    if (keep) await keepForOffline(keep);
  } catch {
    // Without a service worker the app works as long as there is a network.
  }
}

/**
 * Has the newer version take over, if it does so before anybody has done anything: this page is then loaded again. The worker before it is
 * left alone meanwhile, because a browser waits until it has nothing to do.
 */
async function tryNow(): Promise<void> {
  const left = SOON - performance.now();
  if (left <= 0) return;
  chosen = true;
  waiting?.postMessage('now');
  await new Promise((late) => setTimeout(late, left));
  chosen = false;
}

/** Has a role's files kept, so that it starts without a network. */
export async function keepForOffline(role: Kept): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.ready;
  await tried;
  registration.active?.postMessage({ keep: role });
}

function watch(installing: ServiceWorker | null): void {
  installing?.addEventListener('statechange', () => {
    if (installing.state !== 'installed' || !navigator.serviceWorker.controller) return;
    waiting = installing;
    tellNewer();
  });
}

function tellNewer(): void {
  newer = true;
  for (const tell of listeners) tell();
}

/** Tells when there is a newer version. */
export function onNewVersion(listener: () => void): () => void {
  listeners.add(listener);
  if (newer) listener();
  return () => listeners.delete(listener);
}

/** Changes to the newer version; the page is loaded again, if need be with the one before, which gives way to it at its start. */
export function takeOver(): void {
  chosen = true;
  const ready = waiting?.state === 'installed';
  if (ready) waiting?.postMessage('now');
  setTimeout(() => location.reload(), ready ? SOON : 0);
}
