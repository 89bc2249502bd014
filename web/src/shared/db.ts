// What this phone or computer keeps. This file alone touches IndexedDB. Keys (CryptoKey) are kept as they are, non-extractable: not even
// this program can read them out again.

import type { Carried } from '../holder/kept.ts';
import type { Admitted, Queued, Result } from '../scan/kept.ts';

/** The stores, and what is in them. The key of each is its `id`; `kept` holds single things by name. */
export interface Stores {
  passes: Carried;
  kept: { id: string; value: unknown };
  /** Whom this scanner let in, to be told apart from a second showing. */
  admitted: Admitted;
  /** What is still to be told to the server. */
  queue: Queued;
  /** The last results, for the list of last scans. */
  results: Result;
}

const NAME = 'kaikukortti';
const VERSION = 1;
const STORES: readonly (keyof Stores)[] = ['passes', 'kept', 'admitted', 'queue', 'results'];

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const store of STORES) {
        if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store, { keyPath: 'id' });
      }
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => db.close(); // a newer version of the app wants to change it
      db.onclose = () => {
        opened = undefined;
      };
      resolve(db);
    };
    request.onerror = () => reject(request.error);
  }).catch((why: unknown) => {
    opened = undefined;
    throw why;
  });
  return opened;
}

type Change<T> = (stores: { [S in keyof Stores]: IDBObjectStore }, done: (value: T) => void) => void;

/** Runs one transaction; it is answered when it is on the disk, or if it is `relaxed`, when the system has it. */
async function run<T>(
  stores: readonly (keyof Stores)[],
  mode: IDBTransactionMode,
  change: Change<T>,
  durability: IDBTransactionDurability = 'strict',
): Promise<T> {
  const begin = (db: IDBDatabase) => db.transaction([...stores], mode, { durability });
  let tx: IDBTransaction;
  try {
    tx = begin(await open());
  } catch (why) {
    if (!(why instanceof DOMException) || why.name !== 'InvalidStateError') throw why;
    opened = undefined; // the browser has let the connection go, which it does not always say
    tx = begin(await open());
  }
  return new Promise<T>((resolve, reject) => {
    let value: T;
    tx.oncomplete = () => resolve(value);
    tx.onerror = () => reject(tx.error);
    tx.onabort = () => reject(tx.error ?? new DOMException('aborted', 'AbortError'));
    const all = Object.fromEntries(stores.map((s) => [s, tx.objectStore(s)])) as { [S in keyof Stores]: IDBObjectStore };
    change(all, (v) => {
      value = v;
    });
  });
}

export const get = <S extends keyof Stores>(store: S, id: string): Promise<Stores[S] | undefined> =>
  run([store], 'readonly', (s, done) => {
    const r = s[store].get(id);
    r.onsuccess = () => done(r.result as Stores[S] | undefined);
  });

export const all = <S extends keyof Stores>(store: S): Promise<Stores[S][]> =>
  run([store], 'readonly', (s, done) => {
    const r = s[store].getAll();
    r.onsuccess = () => done(r.result as Stores[S][]);
  });

export const put = <S extends keyof Stores>(store: S, value: Stores[S]): Promise<void> =>
  run<void>([store], 'readwrite', (s, done) => {
    s[store].put(value);
    done();
  });

export const remove = <S extends keyof Stores>(store: S, ...ids: string[]): Promise<void> =>
  run<void>([store], 'readwrite', (s, done) => {
    for (const id of ids) s[store].delete(id);
    done();
  });

/** Reads, changes and writes in one step, so that two tabs cannot undo each other's change. What is undefined is not there any more. */
export const update = <S extends keyof Stores>(
  store: S,
  id: string,
  change: (now: Stores[S] | undefined) => Stores[S] | undefined,
  durability?: IDBTransactionDurability,
): Promise<Stores[S] | undefined> =>
  run(
    [store],
    'readwrite',
    (s, done) => {
      const r = s[store].get(id);
      r.onsuccess = () => {
        const next = change(r.result as Stores[S] | undefined);
        if (next === undefined) s[store].delete(id);
        else s[store].put(next);
        done(next);
      };
    },
    durability,
  );

/** A single thing by its name. */
export async function kept<T>(name: string): Promise<T | undefined> {
  return (await get('kept', name))?.value as T | undefined;
}

export const keep = (name: string, value: unknown): Promise<void> => put('kept', { id: name, value });

/** Empties stores, or all of them: what this device kept is gone. */
export const clear = (...stores: (keyof Stores)[]): Promise<void> => {
  const which = stores.length ? stores : STORES;
  return run<void>(which, 'readwrite', (s, done) => {
    for (const store of which) s[store].clear();
    done();
  });
};

/** Whether keys can be kept here: not in some private windows, nor where storage is switched off. Asks the browser to keep them for good. */
export async function canKeepKeys(): Promise<boolean> {
  try {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    await keep('probe', pair);
    const back = await kept<CryptoKeyPair>('probe');
    await remove('kept', 'probe');
    if (!back) return false;
    await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, back.privateKey, new Uint8Array(1));
    void navigator.storage?.persist?.();
    return true;
  } catch {
    return false;
  }
}
