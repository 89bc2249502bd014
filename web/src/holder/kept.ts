// What the holder's phone keeps of one pass.

import type { Credential, Notice, PassOfHolder, Reservation } from '../shared/types.ts';

/** A pass on this phone. Each has a device key of its own, so that nobody can tell that two passes are on one phone. */
export interface Carried {
  /** Made here; says nothing to the server. */
  id: string;
  device: CryptoKeyPair;
  pass?: PassOfHolder;
  /** Eight digits that the worker types, while they wait. */
  request?: { id: string; digits: string; expires: string };
  /** A code key whose credential is on its way: kept before it is asked for, so that a lost answer loses nothing. */
  nextKey?: CryptoKeyPair;
  /** What codes are signed with. */
  codes?: { key: CryptoKeyPair; credential: Credential };
  /** The second of the last code that was shown: the next is later, so that each is a code of its own. */
  lastShown?: number;
  /** The holder's own name. It never leaves this phone. */
  name?: string;
  /** Why the pass does not work, as the server said it last. */
  stopped?: 'not_this_phone' | 'pass_suspended' | 'pass_ended' | 'pass_expired';
  /** Read offline. */
  notices?: Notice[];
  reservations?: Reservation[];
  /** When the server was last heard, by the corrected clock in milliseconds. */
  heard?: number;
}
