import { createInterface } from 'node:readline';
import { decodeBase64url } from '../src/shared/code/base64url.ts';
import { importPoint, jwkThumbprint, kidOf, newKey, pointOf, publicJwk } from '../src/shared/code/keys.ts';
import { makeCode, namesKey } from '../src/shared/code/sign.ts';
import { verify } from '../src/shared/code/verify.ts';
import { type Bundle, type BundleKey, isReserved, nextTrusted, openBundle } from '../src/shared/judge/bundle.ts';
import type { OfflineScan } from '../src/shared/judge/facts.ts';
import { judgeOffline } from '../src/shared/judge/judge.ts';
import type { Welcomed } from '../src/shared/judge/memory.ts';
import type { Key } from '../src/shared/types.ts';
import { must } from './issuer.ts';

// The app's side of the tests that are written in Go (web/code_test.go, web/judge_test.go): a question a line in, an answer a line out.

const phones: CryptoKeyPair[] = [];
let bundle: Bundle | undefined;

interface Questions {
  /** Makes so many phones and tells their code keys. */
  keys: { count: number };
  /** Signs a code on each phone. */
  sign: { credentials: string[]; signed_at: number[] };
  /** Verifies codes; tells how each issuer is called. */
  read: { issuers: Key[]; codes: string[] };
  /** Opens a bundle, to be judged with from then on. */
  open: { token: string; scanner: string; trusted: BundleKey[] };
  /** Judges scans with it. */
  judge: { scans: (OfflineScan & { before: Welcomed[] | null })[] };
  /** Looks reservations up in it. */
  reserved: { session: string; cti: string }[];
}

const answers: { readonly [Q in keyof Questions]: (asked: Questions[Q]) => Promise<unknown> } = {
  async keys({ count }) {
    for (let n = 0; n < count; n++) phones.push(await newKey());
    return Promise.all(phones.map(({ publicKey }) => publicJwk(publicKey)));
  },

  async sign({ credentials, signed_at }) {
    const codes: string[] = [];
    for (const [n, text] of credentials.entries()) {
      const { privateKey, publicKey } = must(phones[n]);
      const credential = must(decodeBase64url(text));
      if (!namesKey(credential, await publicJwk(publicKey))) throw new Error(`credential ${n} names another key`);
      codes.push(await makeCode(credential, must(signed_at[n]), privateKey));
    }
    return codes;
  },

  async read({ issuers, codes }) {
    const keys = new Map<string, CryptoKey>();
    const known: { kid: string; thumbprint: string }[] = [];
    for (const jwk of issuers) {
      const point = must(pointOf(jwk));
      const kid = await kidOf(point);
      keys.set(kid, await importPoint(point));
      known.push({ kid, thumbprint: await jwkThumbprint(jwk) });
    }
    return { known, verified: await Promise.all(codes.map((code) => verify(code, keys))) };
  },

  async open({ token, scanner, trusted }) {
    const opened = await openBundle(token, scanner, trusted);
    if (!opened.ok) return opened;
    bundle = opened.bundle;
    const { keys, accepts, places, revoked, ...rest } = bundle;
    return {
      ok: true,
      ...rest,
      keys: [...keys.keys()],
      accepts: [...accepts],
      places: [...places.keys()],
      revoked: revoked.size,
      trusted: nextTrusted(trusted, bundle),
    };
  },

  async judge({ scans }) {
    return Promise.all(scans.map(({ before, ...scan }) => judgeOffline(must(bundle), scan, before ?? [])));
  },

  async reserved(asked) {
    return Promise.all(asked.map(({ session, cti }) => isReserved(must(bundle), session, cti)));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, about } = JSON.parse(line) as { ask: keyof Questions; about: never };
  process.stdout.write(`${JSON.stringify(await answers[ask](about))}\n`);
}
