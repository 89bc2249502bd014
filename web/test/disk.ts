// IndexedDB in memory: as much of it as db.ts asks for.

interface Line {
  readonly id: string;
}

interface Asked {
  onsuccess?: () => void;
  result?: unknown;
}

interface Transaction {
  readonly steps: (() => void)[];
  error?: DOMException;
  oncomplete?: () => void;
  onabort?: () => void;
}

/** One transaction runs at a time, as in a browser where they are about the same store. */
export class Disk {
  /** A full one reads and removes, and writes nothing. */
  full = false;
  readonly #stores = new Map<string, Map<string, Line>>();
  #last: Promise<void> = Promise.resolve();

  /** Puts it in the browser's place. */
  install(): void {
    const open = () => {
      const request: Asked & { onupgradeneeded?: () => void } = { result: this.#database() };
      queueMicrotask(() => {
        request.onupgradeneeded?.();
        request.onsuccess?.();
      });
      return request;
    };
    Object.assign(globalThis, { indexedDB: { open } });
  }

  /** What is in a store. */
  lines(store: string): readonly unknown[] {
    return [...(this.#stores.get(store)?.values() ?? [])];
  }

  wipe(): void {
    for (const store of this.#stores.values()) store.clear();
    this.full = false;
  }

  #database() {
    return {
      objectStoreNames: { contains: (name: string) => this.#stores.has(name) },
      createObjectStore: (name: string) => void this.#stores.set(name, new Map()),
      transaction: () => {
        const tx: Transaction & { objectStore?: (name: string) => unknown } = { steps: [] };
        tx.objectStore = (name) => this.#store(tx, this.#stores.get(name) ?? new Map());
        this.#last = this.#last.then(() => this.#run(tx));
        return tx;
      },
    };
  }

  async #run(tx: Transaction): Promise<void> {
    for (let step = tx.steps.shift(); step && !tx.error; step = tx.steps.shift()) {
      await Promise.resolve();
      step();
    }
    if (tx.error) tx.onabort?.();
    else tx.oncomplete?.();
  }

  #store(tx: Transaction, lines: Map<string, Line>) {
    const ask = (answer: () => unknown): Asked => {
      const request: Asked = {};
      tx.steps.push(() => {
        request.result = answer();
        request.onsuccess?.();
      });
      return request;
    };
    return {
      get: (id: string) => ask(() => lines.get(id)),
      getAll: () => ask(() => [...lines.values()]),
      delete: (id: string) => ask(() => void lines.delete(id)),
      clear: () => ask(() => lines.clear()),
      put: (line: Line) =>
        ask(() => {
          if (this.full) tx.error = new DOMException('there is no room', 'QuotaExceededError');
          else lines.set(line.id, line);
        }),
    };
  }
}
