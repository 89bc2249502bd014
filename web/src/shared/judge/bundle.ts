import { decodeBase64url, encodeBase64url } from '../code/base64url.ts';
import type { Bytes } from '../code/bytes.ts';
import { ES256, importPoint, pointOf, sha256 } from '../code/keys.ts';
import { SeenCredentials } from '../code/seen.ts';
import type { IssuerKeys } from '../code/verify.ts';
import type { Instant, Key, Text } from '../types.ts';
import { Packed } from './packed.ts';

// The bundle that a scanner judges with while there is no network (docs/offline.md): a JWT (RFC 7519) of the server's.

/** A P-256 public key as bundles hold it; `point` is base64url of the 65 bytes of an uncompressed point. */
export interface BundleKey {
  readonly kid: string;
  readonly point: string;
}

/** A time from one instant to another, or without end. */
export interface Span {
  readonly from: number; // Unix milliseconds
  readonly to: number; // no longer in it
}

/** A session or a standing offer, with what is judged there. */
export interface Place {
  readonly id: string;
  readonly kind: 'event' | 'course' | 'standing';
  readonly title: Text;
  readonly start: Instant | undefined; // of a session
  readonly doors: readonly Span[]; // when its door is open
  readonly walkIns: boolean;
  readonly childrenCounted: boolean;
  readonly seatsPerPass: number; // 0: no limit
  readonly times: number; // of a standing offer: uses in its period
  readonly reserved: Packed;
}

/** An opened bundle. Keep its token, and open it anew after a start. */
export interface Bundle {
  readonly issued: number; // Unix seconds by the server's clock
  readonly scanner: string;
  readonly venueName: Text;
  readonly keys: IssuerKeys;
  readonly accepts: ReadonlySet<string>; // kids; a known key that is not here is wrong_area
  readonly revoked: Packed; // ctis
  readonly places: ReadonlyMap<string, Place>;
  readonly groupMax: number; // how many under 16 a community pass brings
  readonly offline: boolean; // whether the network lets doors welcome without a network
  readonly nextKey: BundleKey | undefined; // signs after the next change of bundle keys
  readonly seen: SeenCredentials; // lives as long as the keys
}

/** Why a token is no bundle for this scanner. */
export type BundleProblem = 'malformed' | 'untrusted' | 'bad_signature' | 'other_scanner';

/** The answer to a token. */
export type Opened = { readonly ok: true; readonly bundle: Bundle } | { readonly ok: false; readonly problem: BundleProblem };

/** What the token says, as JSON. Go writes an empty list as null. */
export interface BundleClaims {
  readonly iat: number;
  readonly scanner: string;
  readonly venue_name: Text | null;
  readonly keys: readonly BundleKey[] | null;
  readonly accepts: readonly string[] | null;
  readonly revoked: string;
  readonly places: readonly PlaceClaims[] | null;
  readonly group_max: number;
  readonly offline: boolean;
  readonly next_key: BundleKey;
}

interface PlaceClaims {
  readonly id: string;
  readonly kind: Place['kind'];
  readonly title: Text;
  readonly start?: Instant;
  readonly doors: readonly { readonly from: Instant; readonly to?: Instant }[] | null;
  readonly walk_ins: boolean;
  readonly children_counted: boolean;
  readonly seats_per_pass: number;
  readonly times?: number;
  readonly reserved?: string;
}

/** A key of the enrolment's `bundle_keys` as one to trust. */
export function bundleKeyOf(jwk: Key): BundleKey | undefined {
  const point = pointOf(jwk);
  return point && jwk.kid ? { kid: jwk.kid, point: encodeBase64url(point) } : undefined;
}

/** What to trust after a bundle was opened: its next key too, so that the server can change keys without enrolling anybody again. */
export function nextTrusted(trusted: readonly BundleKey[], { nextKey }: Bundle): readonly BundleKey[] {
  return nextKey && !trusted.some((key) => key.kid === nextKey.kid) ? [...trusted, nextKey] : trusted;
}

/**
 * Checks that a token is a bundle for this scanner, signed by a key that it trusts: one of its enrolment's, or the next key of a bundle
 * since. How old it is, is judged at the door.
 */
export async function openBundle(token: string, scanner: string, trusted: readonly BundleKey[]): Promise<Opened> {
  const parts = token.split('.');
  const [header, payload, signature] = parts.map(decodeBase64url);
  if (parts.length !== 3 || !header || !payload || !signature) return { ok: false, problem: 'malformed' };
  const said = parse(header) as JoseHeader | undefined;
  // Threat: a token that the server signs for another use, or one that chooses its own algorithm (RFC 8725 §3.1, §3.11).
  if (said?.typ !== 'venue-bundle+jwt' || said.alg !== 'ES256' || said.crit !== undefined) return { ok: false, problem: 'malformed' };
  const key = trusted.find(({ kid }) => kid === said.kid);
  const point = key && decodeBase64url(key.point);
  if (!point) return { ok: false, problem: 'untrusted' };
  const covered = new TextEncoder().encode(token.slice(0, token.lastIndexOf('.')));
  if (!(await crypto.subtle.verify(ES256, await importPoint(point), signature, covered))) return { ok: false, problem: 'bad_signature' };
  return openClaims(parse(payload) as BundleClaims | undefined, scanner);
}

interface JoseHeader {
  readonly typ?: unknown;
  readonly alg?: unknown;
  readonly kid?: unknown;
  readonly crit?: unknown;
}

function parse(utf8: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(utf8));
  } catch {
    return undefined;
  }
}

/** The server's word is taken as it is; but one that this version cannot read must not take the scanner down. */
async function openClaims(claims: BundleClaims | undefined, scanner: string): Promise<Opened> {
  try {
    if (!claims) return { ok: false, problem: 'malformed' };
    return claims.scanner === scanner ? { ok: true, bundle: await readyBundle(claims) } : { ok: false, problem: 'other_scanner' };
  } catch {
    return { ok: false, problem: 'malformed' };
  }
}

/** Makes claims ready to judge with. Their signature is not looked at: this is for `openBundle`, and for tests. */
export async function readyBundle(claims: BundleClaims): Promise<Bundle> {
  const keys = new Map<string, CryptoKey>();
  for (const { kid, point } of claims.keys ?? []) keys.set(kid, await importPoint(decodeBase64url(point) ?? new Uint8Array()));
  return {
    issued: claims.iat,
    scanner: claims.scanner,
    venueName: claims.venue_name ?? {},
    keys,
    accepts: new Set(claims.accepts),
    revoked: Packed.parse(claims.revoked), // never left out: no list is no bundle
    places: new Map((claims.places ?? []).map((place) => [place.id, placeOf(place)])),
    groupMax: claims.group_max,
    offline: claims.offline,
    nextKey: claims.next_key.point ? claims.next_key : undefined,
    seen: new SeenCredentials(),
  };
}

function placeOf(p: PlaceClaims): Place {
  return {
    id: p.id,
    kind: p.kind,
    title: p.title,
    start: p.start,
    doors: (p.doors ?? []).map(({ from, to }) => ({ from: Date.parse(from), to: to ? Date.parse(to) : Number.POSITIVE_INFINITY })),
    walkIns: p.walk_ins,
    childrenCounted: p.children_counted,
    seatsPerPass: p.seats_per_pass,
    times: p.times ?? 0,
    reserved: Packed.parse(p.reserved ?? ''),
  };
}

const FRESH = 24 * 3600;
const USABLE = 7 * 24 * 3600;

/** Whether a bundle is good at an instant (Unix milliseconds): after a day a welcome is marked, after a week there is none. */
export function bundleState({ issued }: Bundle, at: number): 'fresh' | 'old' | 'unusable' {
  const age = at / 1000 - issued;
  return age <= FRESH ? 'fresh' : age <= USABLE ? 'old' : 'unusable';
}

/**
 * Whether the bundle lists a reservation of this code's pass for a session, under SHA-256(session ‖ cti)[:8]. It is for the person at the
 * door, who may like to know; it decides nothing, for a reservation may have been made since.
 */
export async function isReserved(bundle: Bundle, session: string, cti: string): Promise<boolean> {
  const place = bundle.places.get(session);
  const id = decodeBase64url(cti);
  if (!place || !id) return false;
  return place.reserved.has(await sha256(Uint8Array.from([...new TextEncoder().encode(session), ...id])));
}
