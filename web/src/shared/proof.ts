// How a phone or a scanner proves its key, RFC 7523 style: an assertion signed by the key, changed for an access token of ten minutes.

import * as api from './api.ts';
import { clock, learn } from './clock.ts';
import { encodeBase64url } from './code/base64url.ts';
import { ES256, jwkThumbprint, publicJwk } from './code/keys.ts';
import type { Answer } from './types.ts';

const text = (value: unknown): string => encodeBase64url(new TextEncoder().encode(JSON.stringify(value)));

/** How long an assertion may live, in seconds; the server takes 120 at most. */
const LIFE = 60;

async function assertion(typ: string, pair: CryptoKeyPair): Promise<string> {
  const iat = Math.floor(clock.now() / 1000);
  const head = text({ alg: 'ES256', typ });
  const body = text({
    sub: await jwkThumbprint(await publicJwk(pair.publicKey)),
    aud: location.origin,
    iat,
    exp: iat + LIFE,
    jti: api.randomId(),
  });
  const signature = await crypto.subtle.sign(ES256, pair.privateKey, new TextEncoder().encode(`${head}.${body}`));
  return `${head}.${body}.${encodeBase64url(new Uint8Array(signature))}`;
}

/** Somebody with a key: asks in its name, and gets a token when one is needed. Keep one of these for each key, for its token's sake. */
export class Prover {
  #typ: 'device+jwt' | 'scanner+jwt';
  #pair: CryptoKeyPair;
  #token: { text: string; until: number } | undefined;
  #coming: Promise<Answer<string>> | undefined;

  constructor(typ: 'device+jwt' | 'scanner+jwt', pair: CryptoKeyPair) {
    this.#typ = typ;
    this.#pair = pair;
  }

  /** Asks with a token; a token that ran out meanwhile is replaced once. */
  ask: api.Asker = async <T>(asked: Omit<api.Asked, 'token'>): Promise<Answer<T>> => {
    const token = await this.#fresh();
    if (!token.ok) return token;
    const answer = await api.ask<T>({ ...asked, token: token.value });
    if (answer.ok || (answer.problem.code !== 'token_expired' && answer.problem.code !== 'token_invalid')) return answer;
    this.#token = undefined;
    const next = await this.#fresh();
    return next.ok ? api.ask<T>({ ...asked, token: next.value }) : next;
  };

  async #fresh(): Promise<Answer<string>> {
    // Monotonic: the device's clock may be set while we wait.
    if (this.#token && performance.now() < this.#token.until) return { ok: true, value: this.#token.text };
    this.#coming ??= this.#prove().finally(() => {
      this.#coming = undefined;
    });
    return this.#coming;
  }

  async #prove(): Promise<Answer<string>> {
    for (let tries = 0; ; tries++) {
      const asked = Date.now();
      const answer = await api.token(await assertion(this.#typ, this.#pair));
      if (answer.ok) {
        learn(answer.value.now, asked);
        this.#token = { text: answer.value.access_token, until: performance.now() + (answer.value.expires_in - 30) * 1000 };
        return { ok: true, value: this.#token.text };
      }
      if (answer.problem.code !== 'wrong_clock' || tries > 0) return answer;
      learn(answer.problem.now, asked);
    }
  }
}
