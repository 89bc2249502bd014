import { isKnownKind, readCode } from '../code/read.ts';

// What a scanner remembers of those whom it let in: never a code, and no longer than it can matter.

/** A welcome of this scanner's own, with or without a network. An undone one is taken out by its scan id. */
export interface Welcomed {
  readonly scan_id: string;
  readonly cti: string;
  readonly signed_at: number; // of the code, Unix seconds; 0 on paper
  readonly session: string;
  readonly at: number; // Unix milliseconds
}

/** A code that was shown at a scanner. */
export interface ShownCode {
  readonly scan_id: string;
  readonly session: string;
  readonly code: string;
  readonly at: number; // Unix milliseconds by the corrected clock
}

/**
 * What to remember of a code that the server admitted: the same pass may come again when the network is gone. No signature is looked at,
 * for the server did; what it may know and this version does not (a later kind, a typed number) is not remembered.
 */
export function welcomedOnline({ scan_id, session, code, at }: ShownCode): Welcomed | undefined {
  const read = readCode(code);
  if (!read.ok || !isKnownKind(read.code.credential.kind)) return undefined;
  return { scan_id, session, at, cti: read.code.credential.cti, signed_at: read.code.signedAt };
}

/** A phone's credential lives so long; older welcomes can decide nothing any more. */
const CREDENTIAL_LIFE = 14 * 24 * 3600 * 1000;

/** What is still to be remembered at an instant (Unix milliseconds). */
export function stillNeeded(before: readonly Welcomed[], at: number): readonly Welcomed[] {
  return before.filter((welcomed) => at - welcomed.at < CREDENTIAL_LIFE);
}
