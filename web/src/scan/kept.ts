// What a venue's phone keeps.

import type { BundleKey } from '../shared/judge/bundle.ts';
import type { Welcomed } from '../shared/judge/memory.ts';
import type { Day, Decision, Party, Reason, Shown, Text, Today, UploadAsked } from '../shared/types.ts';

/** The enrolment, kept under the name `scanner`. */
export interface Enrolment {
  readonly key: CryptoKeyPair;
  readonly id: string;
  readonly label: string;
  readonly endDay: Day;
  readonly venue: { readonly id: string; readonly name: Text };
  /** Whose bundles are believed: the enrolment's keys, and the next key of every bundle since. */
  readonly trusted: readonly BundleKey[];
  /** The bundle as it came, to be checked again at each start, and when it came by the corrected clock (milliseconds). */
  readonly bundle?: { readonly token: string; readonly at: number };
  /** The server has said that this is no scanner any more: that holds without a network too. */
  readonly ended?: boolean;
}

/** Today's programme as it was last read, kept under the name `scan-today`. */
export interface KeptToday {
  readonly today: Today;
  readonly at: number;
}

/** What was chosen to scan for, kept under the name `scan-choice`: it holds for its day. */
export interface Choice {
  readonly session: string;
  readonly day: Day;
}

/** How this phone is used, kept under the name `scan-settings`. */
export interface Settings {
  /** Results stay until somebody taps, or the next code comes: for a desk. Without it a welcome goes by itself: for a door. */
  readonly keepShowing: boolean;
  readonly sound: boolean;
  readonly lens?: string | undefined;
  /** Whether the camera has run here before, so that its use was explained. */
  readonly camera: boolean;
}

/** Somebody whom this scanner let in; `id` is the scan. */
export interface Admitted extends Welcomed {
  readonly id: string;
}

/** A scan that the server does not know yet. What it says is encrypted with a key that cannot be read out. */
export interface Queued {
  readonly id: string;
  readonly at: number;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

/** What is sealed in it. */
export interface Unsent {
  readonly upload: UploadAsked;
  /** Taken back here. The server may have met it all the same, its answer having been lost. */
  readonly undone?: 'ask' | 'tell'; // within ten minutes it is asked for; later it is told as what was shown
}

/** A line of the list of last scans. It names nobody. */
export interface Result {
  readonly id: string;
  readonly at: number;
  readonly session: string;
  readonly title: Text;
  readonly decision: Decision;
  readonly shown: Shown;
  readonly party: Party;
  /** Whether the server has it. */
  readonly sent: boolean;
  /** What the server says differently, of a scan that was decided without it. */
  readonly conflict?: Reason | 'over_seats' | 'undone' | 'lost' | 'party';
  /** Whether the person at this phone has seen that. */
  readonly seen?: boolean;
  readonly undone?: boolean;
}
