// The scans that the server does not know yet: kept sealed, sent in batches. Sending one again does no harm, for its id is the same.

import * as api from '../shared/api.ts';
import { all, put, remove } from '../shared/db.ts';
import type { Answer, UploadAnswer } from '../shared/types.ts';
import type { Unsent } from './kept.ts';
import { batch, type Settled, settle } from './queue.ts';
import { queueKey, seal, unseal } from './sealed.ts';

/** Is told what became of a scan before it leaves the queue; answers whether it may leave. */
export type OnSettled = (unsent: Unsent, became: Settled) => Promise<boolean>;

const DONE: Answer<undefined> = { ok: true, value: undefined };

export class Outbox {
  #key: CryptoKey | undefined;
  #waiting = new Map<string, Unsent>();
  #held = new Set<string>();
  #writes: Promise<void> = Promise.resolve();

  /** Opens what an earlier start left. */
  async wake(): Promise<void> {
    this.#key = await queueKey();
    const lines = (await all('queue')).sort((a, b) => a.at - b.at);
    for (const line of lines) {
      const unsent = await unseal(this.#key, line);
      if (unsent) this.#waiting.set(line.id, unsent);
      else await remove('queue', line.id).catch(() => undefined); // nobody can read it any more
    }
  }

  /** How many scans the server does not know yet. */
  get size(): number {
    return [...this.#waiting.values()].filter((u) => !u.undone).length;
  }

  /** How many lines there are, those that only take something back among them. */
  get lines(): number {
    return this.#waiting.size;
  }

  get(id: string): Unsent | undefined {
    return this.#waiting.get(id);
  }

  /** Keeps a scan, or what has changed about it. It is on the disk when this is answered, if the disk has room. */
  put(unsent: Unsent): Promise<void> {
    this.#waiting.set(unsent.upload.scan_id, unsent);
    return this.#inTurn(async () => {
      this.#key ??= await queueKey();
      await put('queue', await seal(this.#key, unsent));
    });
  }

  drop(id: string): Promise<void> {
    this.#waiting.delete(id);
    return this.#inTurn(() => remove('queue', id));
  }

  /**
   * Sealing takes its time: what is written first must not come last. A full disk must not keep a door shut: what cannot be written waits in
   * memory, and what cannot be removed is only sent again.
   */
  #inTurn(write: () => Promise<void>): Promise<void> {
    this.#writes = this.#writes.then(write).catch(() => undefined);
    return this.#writes;
  }

  /** Holds a scan back while its own question to the server is still open. */
  hold(id: string): void {
    this.#held.add(id);
  }

  release(id: string): void {
    this.#held.delete(id);
  }

  /** Sends all that can be sent, until there is nothing left or nobody answers. */
  async send(as: api.Asker, settled: OnSettled): Promise<Answer<undefined>> {
    for (;;) {
      const ready = [...this.#waiting.values()].filter((u) => !this.#held.has(u.upload.scan_id));
      const undone = ready.find((u) => u.undone === 'ask');
      if (undone) {
        const answer = await this.#takeBack(as, undone);
        if (!answer.ok) return answer;
        continue;
      }
      const next = batch(ready.map((u) => u.upload));
      if (next.length === 0) return DONE;
      const sent = new Map(next.map((u) => [u.scan_id, this.#waiting.get(u.scan_id)]));
      const answer = await api.uploadScans(as, [...next]);
      if (!answer.ok) return answer;
      if (!(await this.#settleAll(sent, answer.value.answers, settled))) return DONE; // an answer without the scans: try later
    }
  }

  /** Whether at least one of them left the queue. */
  async #settleAll(sent: ReadonlyMap<string, Unsent | undefined>, answers: readonly UploadAnswer[], settled: OnSettled): Promise<boolean> {
    let left = 0;
    for (const answer of answers) {
      const unsent = sent.get(answer.scan_id);
      if (!unsent) continue;
      const told = await settled(unsent, settle(unsent, answer));
      // What was changed while it was under way goes again; the server then only learns what is new.
      if (!told || this.#waiting.get(answer.scan_id) !== unsent) continue;
      await this.drop(answer.scan_id);
      left++;
    }
    return left > 0;
  }

  /** Takes a scan back that the server may have met. One that it never met, or refused, needs nothing more. */
  async #takeBack(as: api.Asker, unsent: Unsent): Promise<Answer<undefined>> {
    const id = unsent.upload.scan_id;
    const answer = await api.undoScan(as, id);
    if (answer.ok || answer.problem.code === 'no_such_scan' || answer.problem.code === 'not_admitted') {
      await this.drop(id);
      return DONE;
    }
    if (answer.problem.code !== 'too_late') return answer;
    await this.put({ ...unsent, undone: 'tell' });
    return DONE;
  }
}
