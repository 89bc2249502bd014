// The service worker: it keeps what each role needs to start with no network, and serves pages from what it keeps, so that they open at
// once. It never touches what the API answers. This file alone touches caches.

const worker = self as unknown as ServiceWorkerGlobalScope;
const PREFIX = 'kaikukortti-';
const CACHE = PREFIX + BUILD;
/** In the cache, one for each role that is kept. */
const marker = (role: string): string => `/kept/${role}`;

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('message', (event) => {
  if (event.data === 'now') void worker.skipWaiting();
  else if (typeof event.data?.keep === 'string') event.waitUntil(started(event.data.keep, event.source));
});
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin || url.pathname.startsWith('/v1/')) return;
  const page = event.request.mode === 'navigate' ? pageOf(url.pathname) : undefined;
  if (page) ours.add(event.resultingClientId);
  // What is asked with a question, as a manifest is for the code of a link, has its answer from the server.
  if (!page && (event.request.mode === 'navigate' || url.search)) return;
  event.respondWith(page ? fromCache(page, event.request) : fromCache(url.pathname, event.request));
});

/** The pages that this version has served, as long as the browser lets it run. */
const ours = new Set<string>();

/** A page has started. If it is of this version and alone, none is left of those before. */
async function started(role: string, by: ExtendableMessageEvent['source']): Promise<void> {
  await keep(role);
  if (by instanceof Client && ours.has(by.id) && (await pages()).length === 1) await forgetBefore(0);
}

/** Keeps anew, whole, whatever the version before kept: an update that comes by half is none. */
async function install(): Promise<void> {
  const roles = new Set<string>();
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const old = await caches.open(name);
    for (const role of Object.keys(KEEP)) if (await old.match(marker(role))) roles.add(role);
  }
  for (const role of roles) await keep(role);
}

/** While a page is open it may be of the version before, and fetch what it has not fetched yet: that version is kept for it. */
async function activate(): Promise<void> {
  await forgetBefore((await pages()).length > 0 ? 1 : 0);
  await worker.clients.claim();
}

const pages = () => worker.clients.matchAll({ type: 'window', includeUncontrolled: true });

/** Forgets the versions before this one, but for so many of the latest. Caches are told in the order in which they were made. */
async function forgetBefore(spared: number): Promise<void> {
  const all = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  for (const name of all.slice(0, Math.max(0, all.indexOf(CACHE) - spared))) await caches.delete(name);
}

async function keep(role: string): Promise<void> {
  const files = KEEP[role];
  if (!files) return;
  const cache = await caches.open(CACHE);
  const missing: string[] = [];
  for (const file of [...files, '/icon.svg']) if (!(await cache.match(file))) missing.push(file);
  await cache.addAll(missing.map((file) => new Request(file, { cache: 'no-cache' })));
  await cache.put(marker(role), new Response());
}

function pageOf(path: string): string | undefined {
  return PAGES.find(([prefix]) => path === prefix || (prefix !== '/' && prefix.endsWith('/') && path.startsWith(prefix)))?.[1];
}

async function fromCache(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? (await caches.match(path)) ?? fetch(request);
}
