// Seals what waits in the queue. The key never leaves the browser, and nobody who copies the disk's files reads a code out of them.

import { kept, update } from '../shared/db.ts';
import type { Queued, Unsent } from './kept.ts';

const NAME = 'queue-key';
const CIPHER = 'AES-GCM';

/** Finds the key, or makes it. */
export async function queueKey(): Promise<CryptoKey> {
  const known = await kept<CryptoKey>(NAME);
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ['encrypt', 'decrypt']);
  // Two tabs that begin at once make a key each. The one that is kept first is both tabs' key.
  const line = await update('kept', NAME, (now) => now ?? { id: NAME, value: made });
  return line?.value as CryptoKey;
}

/** The scan's id is bound in: what is sealed for one line cannot be put in another. */
const bound = (id: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(id);

export async function seal(key: CryptoKey, unsent: Unsent): Promise<Queued> {
  const id = unsent.upload.scan_id;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(unsent));
  const sealed = await crypto.subtle.encrypt({ name: CIPHER, iv, additionalData: bound(id) }, key, plain);
  return { id, at: Date.parse(unsent.upload.scanned_at), iv, sealed };
}

/** Opens what was sealed; nothing if the key is another by now. */
export async function unseal(key: CryptoKey, { id, iv, sealed }: Queued): Promise<Unsent | undefined> {
  try {
    const plain = await crypto.subtle.decrypt({ name: CIPHER, iv, additionalData: bound(id) }, key, sealed);
    return JSON.parse(new TextDecoder().decode(plain)) as Unsent;
  } catch {
    return undefined;
  }
}
