// The service worker, seen from a page: registered once, told what to keep, and asked to give way to a newer version only when that loses
// nothing.

type Kept = 'holder' | 'scan' | 'desk' | 'office';

const listeners = new Set<() => void>();
let waiting: ServiceWorker | undefined;
let chosen = false;

/** Registers the service worker. A newer version that was fetched before this start takes over at once: nothing has been done yet. */
export async function register(keep: Kept | undefined): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (chosen) location.reload();
  });
  try {
    const registration = await navigator.serviceWorker.register('/sw.js', { scope: '/' });
    if (registration.waiting && navigator.serviceWorker.controller) {
      waiting = registration.waiting;
      if (performance.now() < 4000) takeOver();
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

/** Has a role's files kept, so that it starts without a network. */
export async function keepForOffline(role: Kept): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.ready;
  registration.active?.postMessage({ keep: role });
}

function watch(installing: ServiceWorker | null): void {
  installing?.addEventListener('statechange', () => {
    if (installing.state !== 'installed' || !navigator.serviceWorker.controller) return;
    waiting = installing;
    for (const tell of listeners) tell();
  });
}

/** Tells when a newer version waits. */
export function onNewVersion(listener: () => void): () => void {
  listeners.add(listener);
  if (waiting) listener();
  return () => listeners.delete(listener);
}

/** Changes to the version that waits; the page is loaded again. */
export function takeOver(): void {
  chosen = true;
  waiting?.postMessage('now');
}
