// The passes on this phone, as every screen sees them: read once, changed in one step on the disk, and told to the other tabs.

import { useEffect, useState } from 'preact/hooks';
import { all, keep, kept, put, remove, update } from '../shared/db.ts';
import { type Active, type Carried, isActive } from './kept.ts';

export interface Held {
  /** Those that are being activated, too. */
  all: readonly Carried[];
  passes: readonly Active[];
  /** The pass on screen. */
  shown: Active | undefined;
  /** A pass that was activated just now, until that has been said. */
  ready: string | undefined;
  /** Nobody knows what the phone carries: what it keeps could not be read. */
  unreadable: boolean;
}

const SHOWN = 'shown';

let carried: readonly Carried[] | undefined;
let unreadable = false;
let shown: string | undefined;
let ready: string | undefined;
const listeners = new Set<() => void>();

const others = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('passes');
others?.addEventListener('message', () => void reload());

/** Reads what the phone carries. What was read before stays when it cannot be read again. */
export async function reload(): Promise<void> {
  const [list, at] = await Promise.all([all('passes').catch(() => undefined), kept<string>(SHOWN).catch(() => undefined)]);
  carried = list ?? carried;
  unreadable = carried === undefined;
  shown = at ?? shown;
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

/** Takes up a change that is on the disk; where nothing could be read before, all of it. */
async function changed(how: (now: readonly Carried[]) => readonly Carried[]): Promise<void> {
  if (carried) carried = how(carried);
  else await reload();
  tell();
  others?.postMessage(0);
}

export function held(): Held | undefined {
  if (!carried && !unreadable) return undefined;
  const all = carried ?? [];
  const passes = all.filter(isActive);
  return { all, passes, shown: passes.find((c) => c.id === shown) ?? passes[0], ready, unreadable };
}

/** What the phone carries; undefined until it has been read. */
export function useHeld(): Held | undefined {
  const [now, set] = useState(held);
  useEffect(() => {
    const listener = () => set(held());
    listeners.add(listener);
    listener();
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return now;
}

/** Keeps a pass that is new here. */
export async function add(c: Carried): Promise<void> {
  await put('passes', c);
  await changed((now) => [...now, c]);
}

/** Changes a pass, if it is still there. */
export async function change(id: string, how: (now: Carried) => Carried): Promise<Carried | undefined> {
  const next = await update('passes', id, (now) => now && how(now));
  await changed((now) => now.flatMap((c) => (c.id !== id ? [c] : next ? [next] : [])));
  return next;
}

/** Changes a pass that is active. */
export async function changeActive(id: string, how: (now: Active) => Active): Promise<Active | undefined> {
  const next = await change(id, (now) => (isActive(now) ? how(now) : now));
  return next && isActive(next) ? next : undefined;
}

/** Forgets a pass with its keys: this phone cannot show it any more. */
export async function forget(id: string): Promise<void> {
  await remove('passes', id);
  await changed((now) => now.filter((c) => c.id !== id));
}

/** Puts another pass on screen, here and for the next start. */
export async function show(id: string): Promise<void> {
  shown = id;
  tell();
  await keep(SHOWN, id).catch(() => undefined);
}

/** Remembers which pass has just been activated, or that it has been said. */
export function setReady(id: string | undefined): void {
  ready = id;
  tell();
}

/** Changes what only this phone keeps of a pass: no request has a field for it. */
export const keepOwn = (c: Active, what: { name: string; greeting: string }): Promise<Carried | undefined> =>
  change(c.id, ({ name: _, greeting: __, ...now }) => ({
    ...now,
    ...(what.name ? { name: what.name } : {}),
    ...(what.greeting ? { greeting: what.greeting } : {}),
  }));
