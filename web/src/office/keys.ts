// Idempotency keys of a form: the same as long as the same is asked and nobody answered, so that a lost answer never makes a thing twice.

import { isOffline, randomId } from '../shared/api.ts';
import type { Answer } from '../shared/types.ts';

export class Keys {
  #asked: { body: string; key: string } | undefined;

  /** The key with which to ask for something. */
  of(body: unknown): string {
    const text = JSON.stringify(body);
    if (this.#asked?.body !== text) this.#asked = { body: text, key: randomId() };
    return this.#asked.key;
  }

  /** Takes note of what came back. An error of the server's own may have happened after the change: then it is still not known. */
  take(answer: Answer<unknown>): void {
    if (answer.ok || !(isOffline(answer.problem) || answer.problem.status >= 500)) this.#asked = undefined;
  }
}
