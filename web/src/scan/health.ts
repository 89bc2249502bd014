// Whether the server is to be waited for: after two errors in the last five calls it is not, until it answers steadily again.

const WINDOW = 5;
const TOO_MANY = 2;
const STEADY = 2;

/** Takes note of each call, and says how things stand. */
export class Health {
  #last: boolean[] = [];
  #up = true;

  /** Whether a scan should wait for the server. */
  get up(): boolean {
    return this.#up;
  }

  /** Notes whether a call had an answer in time; answers whether that changed how things stand. */
  note(answered: boolean): boolean {
    this.#last = [...this.#last, answered].slice(-WINDOW);
    const was = this.#up;
    if (this.#up) this.#up = this.#last.filter((ok) => !ok).length < TOO_MANY;
    else this.#up = this.#last.length >= STEADY && this.#last.slice(-STEADY).every(Boolean);
    if (this.#up !== was) this.#last = []; // what was before says nothing about what is now
    return this.#up !== was;
  }
}

/** Milliseconds until the next try, after so many in a row that failed. */
export const backoff = (failures: number): number => Math.min(60_000, 2000 * 2 ** Math.max(0, failures - 1));
