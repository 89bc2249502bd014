// What becomes of a scan that was decided without the server: pure steps; outbox.ts keeps and sends.

import type { Party, Reason, UploadAnswer, UploadAsked } from '../shared/types.ts';
import type { Result, Unsent } from './kept.ts';

/** What the server takes at once. The body is 64 KiB at the most, so a little is left for what surrounds the scans. */
const MOST = 100;
const BYTES = 60 * 1024;

/** The next scans to send, oldest first. */
export function batch(waiting: readonly UploadAsked[]): readonly UploadAsked[] {
  const out: UploadAsked[] = [];
  let bytes = 0;
  for (const scan of waiting.slice(0, MOST)) {
    bytes += new TextEncoder().encode(JSON.stringify(scan)).length + 1;
    if (bytes > BYTES && out.length > 0) break;
    out.push(scan);
  }
  return out;
}

/** What is still to be done about a scan after its answer. */
export type Settled =
  | { readonly kind: 'done' }
  | { readonly kind: 'differs'; readonly why: Reason | 'over_seats' | 'undone' | 'lost' } // the server judged otherwise
  | { readonly kind: 'party'; readonly party: Party; readonly counted: Party }; // it counted, with another number of people than came in

/** Reads one answer. */
export function settle({ upload, undone }: Unsent, answer: UploadAnswer): Settled {
  if (answer.problem) return { kind: 'differs', why: 'lost' };
  switch (answer.result) {
    case 'conflict':
      return { kind: 'differs', why: answer.decision?.reason ?? 'lost' };
    case 'counted_over_seats':
      return { kind: 'differs', why: 'over_seats' };
    case 'undone': // the server had let them in, and the answer was lost
      return upload.shown === 'refused' && !undone ? { kind: 'differs', why: 'undone' } : { kind: 'done' };
    case 'refused':
      return upload.shown === 'welcome' ? { kind: 'differs', why: answer.decision?.reason ?? 'lost' } : { kind: 'done' };
    case 'counted':
    case undefined:
      break;
  }
  const known = answer.decision?.party;
  return known && !sameParty(known, upload.party) ? { kind: 'party', party: whole(upload.party), counted: known } : { kind: 'done' };
}

const whole = (p: Partial<Party>): Party => ({ children: p.children ?? 0, assistants: p.assistants ?? 0, group: p.group ?? 0 });

export function sameParty(a: Partial<Party>, b: Partial<Party>): boolean {
  const [x, y] = [whole(a), whole(b)];
  return x.children === y.children && x.assistants === y.assistants && x.group === y.group;
}

/** A scan that was taken back before the server was heard: it counts nowhere, whenever that becomes known. */
export const takenBack = ({ upload }: Unsent): Unsent => ({
  upload: { ...upload, shown: 'refused', shown_reason: 'needs_network' },
  undone: 'ask',
});

/** The results that the person at this phone should look at: the server judged otherwise, and nobody has seen that. */
export const toCheck = (results: readonly Result[]): readonly Result[] => results.filter((r) => r.conflict && !r.seen);

const KEEP_RESULTS = 200;
const KEEP_DAYS = 30;

/** The results that may be forgotten: old ones, and those beyond what anybody looks at. What is unsent or unseen stays. */
export function forgettable(results: readonly Result[], at: number): readonly Result[] {
  const newest = [...results].sort((a, b) => b.at - a.at);
  return newest.filter((r, i) => r.sent && !(r.conflict && !r.seen) && (i >= KEEP_RESULTS || at - r.at > KEEP_DAYS * 24 * 3600_000));
}
