// What the holder's phone keeps of one pass.

import type { Credential, Notice, PassOfHolder, Reservation } from '../shared/types.ts';

/** A pass on this phone. Each has a device key of its own, so that nobody can tell that two passes are on one phone. */
export interface Carried {
  /** Made here; says nothing to the server. In the order in which they came. */
  id: string;
  device: CryptoKeyPair;
  /** What was sent with this key and not answered: the pass may be here already. */
  asked?: 'activation' | 'recovery';
  pass?: PassOfHolder;
  /** Until when the pass can be used at all: grace and the end of a pilot are in it. */
  usableUntil?: string;
  /** Eight digits that the worker types, while they wait. */
  request?: { id: string; digits: string; expires: string };
  /** A code key whose credential is on its way: kept before it is asked for, so that a lost answer loses nothing. */
  nextKey?: CryptoKeyPair;
  /** What codes are signed with. */
  codes?: { key: CryptoKeyPair; credential: Credential };
  /** The second of the last code that was shown: the next is later, so that each is a code of its own. */
  lastShown?: number;
  /** A recovery code that the holder has not written down yet; one without a code is still to be asked for. */
  recovery?: { code?: string };
  /** The holder's own name. It never leaves this phone. */
  name?: string;
  /** A line of the holder's own on the pass. It never leaves this phone either. */
  greeting?: string;
  /** Why the pass does not work, as the server said it last. */
  stopped?: 'not_this_phone' | 'pass_suspended' | 'pass_ended' | 'pass_expired';
  /** Read offline. */
  notices?: Notice[];
  reservations?: Reservation[];
  /** When the server was last heard, by the corrected clock in milliseconds. */
  heard?: number;
}

/** Under this name the codes of links that are done with are kept. */
export const LINKS = 'links';

/** A pass that was activated here. */
export type Active = Carried & { pass: PassOfHolder };

export const isActive = (c: Carried): c is Active => c.pass !== undefined;
