// What a venue's phone keeps.

import type { Decision, Key, Party, Reason, Shown, Text } from '../shared/types.ts';

/** The enrolment, kept under the name `scanner`. */
export interface Enrolment {
  key: CryptoKeyPair;
  id: string;
  label: string;
  endDay: string;
  venue: { id: string; name: Text };
  bundleKeys: Key[];
  /** The bundle as it came, and when, by the corrected clock in milliseconds. */
  bundle?: { jwt: string; at: number };
}

/** Somebody whom this scanner let in: the credential's number, the moment of the code and the session, never the code. */
export interface Admitted {
  /** The scan. */
  id: string;
  session: string;
  /** base64url */
  cti: string;
  signedAt?: number;
  at: number;
}

/** A scan that the server does not know yet. What it says is encrypted with a key that cannot be read out. */
export interface Queued {
  id: string;
  at: number;
  iv: Uint8Array;
  sealed: ArrayBuffer;
}

/** A line of the list of last scans. */
export interface Result {
  id: string;
  at: number;
  session: string;
  title: Text;
  decision: Decision;
  shown: Shown;
  party: Party;
  /** Whether the server has it. */
  sent: boolean;
  /** What the server says differently, of a scan that was decided without it. */
  conflict?: Reason;
  undone?: boolean;
}
