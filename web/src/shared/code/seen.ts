import { type Bytes, latin1 } from './bytes.ts';

/** What a right signature proves for ever: this issuer made it, over a credential with that code key (none on paper). */
export interface Checked {
  readonly issuer: CryptoKey;
  readonly codeKey: CryptoKey | undefined;
}

/**
 * Remembers credentials by their very bytes, signature included. Only right ones enter, so nobody can fill it with junk. When the young
 * half is full it becomes the old half, and what was not seen since is forgotten.
 */
export class SeenCredentials {
  readonly #half: number;
  #young = new Map<string, Checked>();
  #old = new Map<string, Checked>();

  /** Remembers up to `size` credentials, rounded up to an even number. */
  constructor(size = 1024) {
    this.#half = Math.ceil(size / 2);
  }

  /** Answers only for the key that the kid stands for now: an issuer that is withdrawn stops working at once. */
  find(raw: Bytes, issuer: CryptoKey): Checked | undefined {
    const key = latin1(raw);
    const checked = this.#young.get(key) ?? this.#old.get(key);
    if (checked?.issuer !== issuer) return undefined;
    if (!this.#young.has(key)) this.#add(key, checked);
    return checked;
  }

  /** To be called when the issuer's signature over these bytes was right, and never else. */
  add(raw: Bytes, checked: Checked): void {
    this.#add(latin1(raw), checked);
  }

  #add(key: string, checked: Checked): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, checked);
  }
}
