// What can be done about a scan afterwards: for ten minutes its party can be corrected, and it can be taken back.

import * as api from '../shared/api.ts';
import type { Decision, Party, Problem, UploadAsked } from '../shared/types.ts';
import type { DoorScanner } from './door.ts';
import type { Result } from './kept.ts';
import { takenBack } from './queue.ts';

/** For so long, in milliseconds. */
export const CHANGEABLE = 10 * 60_000;

/** Whether a result can still be changed. */
export const changeable = (r: Result, at: number): boolean => r.decision.decision === 'admitted' && !r.undone && at - r.at < CHANGEABLE;

/** A change that could not be: how the party stays, and why. */
export interface NotCorrected {
  readonly party: Party;
  readonly question?: Decision;
  readonly problem?: Problem;
}

/** Corrects who came in with a scan. What the server does not know yet is corrected here. */
export async function correctParty(scanner: DoorScanner, scan: string, party: Party): Promise<NotCorrected | undefined> {
  const known = scanner.standing.results.find((r) => r.id === scan);
  if (!known) return undefined;
  const queued = scanner.outbox.get(scan);
  if (queued) {
    await scanner.enqueue({ ...queued, upload: { ...queued.upload, party } });
    await scanner.change(scan, { party });
    return undefined;
  }
  const answer = await api.changeParty(scanner.ask, scan, party);
  if (!answer.ok) return { party: known.party, problem: answer.problem };
  if (answer.value.decision !== 'admitted') return { party: known.party, question: answer.value };
  await scanner.change(scan, { party: answer.value.party });
  return undefined;
}

/**
 * Takes an admission back: it counts nowhere, and the same card may come in again. Answers why not. When nobody answers and the code is
 * still at hand, it is kept to be told later.
 */
export async function takeBack(scanner: DoorScanner, scan: string, code?: string): Promise<Problem | undefined> {
  const known = scanner.standing.results.find((r) => r.id === scan);
  const queued = scanner.outbox.get(scan);
  if (queued) await scanner.enqueue(takenBack(queued));
  else {
    const answer = await api.undoScan(scanner.ask, scan);
    if (!answer.ok && !(code && known && api.isOffline(answer.problem))) return answer.problem;
    if (!answer.ok && code && known) await scanner.enqueue(takenBack({ upload: uploadOf(known, code) }));
  }
  await scanner.forgetWelcome(scan);
  await scanner.change(scan, { undone: true });
  return undefined;
}

const uploadOf = ({ id, session, party, decision }: Result, code: string): UploadAsked => ({
  ...{ scan_id: id, session, code, party, scanned_at: decision.at, shown: 'welcome' },
});
