import { decodeBase45 } from './base45.ts';
import { encodeBase64url } from './base64url.ts';
import type { Bytes } from './bytes.ts';
import { Malformed, Reader } from './cbor.ts';
import { ALG_ES256, HEADER_ALG, HEADER_KID, readSign1, type Sign1 } from './cose.ts';
import { KEY_CURVE, KEY_EC2, KEY_P256, KEY_TYPE, KEY_X, KEY_Y } from './keys.ts';

// The form of a code, to the last bit: steps 1 to 4 of "Reading" in docs/kp1.md. No signature is looked at.

// Claim keys (RFC 8392 §4, RFC 8747 §3.1, and ours in the private range).
const CLAIM_EXP = 4;
const CLAIM_CTI = 7;
const CLAIM_CNF = 8;
const CLAIM_PASS = -70001;
const CNF_COSE_KEY = 1;

const MAX_CHILDREN = 15;
/** Bounds exp and signed_at (exclusive), so that every language reads them exactly. */
const TIME_LIMIT = 2 ** 40;

/** 1 a person's phone, 2 a person's paper, 3 a community's phone, 4 a community's paper. */
export type Kind = 1 | 2 | 3 | 4;

/** Whether a kind is one of this version; 5 and above are of later ones. */
export const isKnownKind = (kind: number): kind is Kind => kind >= 1 && kind <= 4;
/** Whether the code is a print: signed once, without a code key. */
export const isPaper = (kind: Kind): boolean => kind === 2 || kind === 4;
/** Whether the pass belongs to a distributor instead of a person. */
export const isCommunity = (kind: Kind): boolean => kind === 3 || kind === 4;

/** What a credential holds of its code key (RFC 9053 §7.1.1). */
export interface CompressedKey {
  readonly x: Bytes;
  readonly odd: boolean;
}

/** A credential in form, its signature not looked at. */
export interface SignedCredential {
  readonly raw: Bytes;
  readonly frame: Sign1;
  readonly kid: string; // 6 characters of base64url
  readonly exp: number; // Unix seconds; past means now ≥ exp
  readonly cti: string; // 11 characters of base64url
  readonly codeKey: CompressedKey | undefined; // none on paper
  readonly kind: number;
  readonly children: number;
}

/** A code in form, its signatures not looked at. Paper is the credential alone: no frame, and signedAt 0. */
export interface SignedCode {
  readonly credential: SignedCredential;
  readonly frame: Sign1 | undefined;
  readonly signedAt: number; // Unix seconds
}

/** What a text is in form. */
export type Read =
  | { readonly ok: true; readonly code: SignedCode }
  | { readonly ok: false; readonly refusal: 'not_a_pass' | 'unknown_kind' };

const NOT_A_PASS: Read = { ok: false, refusal: 'not_a_pass' };

/**
 * Judges everything about a text but its signatures. Anybody can make such a text: no door may go by this alone.
 *
 * Nothing is trimmed, and lower case is not upper case.
 */
export function readCode(text: string): Read {
  const prefix = text.slice(0, 4);
  if (prefix !== 'KP1:' && prefix !== 'KPP:') return /^KP[0-9A-Z]:$/.test(prefix) ? { ok: false, refusal: 'unknown_kind' } : NOT_A_PASS;
  const raw = decodeBase45(text.slice(4));
  if (!raw) return NOT_A_PASS;
  try {
    return { ok: true, code: prefix === 'KP1:' ? phoneCode(raw) : { credential: credential(raw, false), frame: undefined, signedAt: 0 } };
  } catch (error) {
    if (error instanceof Malformed) return NOT_A_PASS;
    throw error;
  }
}

/** What follows KP1: the credential and the moment, signed by the credential's own key. */
function phoneCode(raw: Bytes): SignedCode {
  const frame = readSign1(raw);
  const header = new Reader(frame.protectedHeader);
  header.map(1);
  algorithm(header);
  header.end();
  const shown = new Reader(frame.payload);
  shown.array(2);
  const inner = shown.bytes();
  const signedAt = time(shown);
  shown.end();
  return { credential: credential(inner, true), frame, signedAt };
}

/** What the issuer signed; `phone` says whether it stands inside a KP1 or is a KPP by itself. */
function credential(raw: Bytes, phone: boolean): SignedCredential {
  const frame = readSign1(raw);
  const header = new Reader(frame.protectedHeader);
  header.map(2);
  algorithm(header);
  header.integer(HEADER_KID);
  const kid = encodeBase64url(header.bytes(4));
  header.end();
  return { raw, frame, kid, ...claims(frame.payload, phone) };
}

function algorithm(r: Reader): void {
  r.integer(HEADER_ALG);
  r.integer(ALG_ES256);
}

function time(r: Reader): number {
  const seconds = r.uint();
  if (seconds >= TIME_LIMIT) throw new Malformed('time out of range');
  return seconds;
}

/** The claims; a phone's have the code key, a paper's have not. */
function claims(payload: Bytes, phone: boolean): Omit<SignedCredential, 'raw' | 'frame' | 'kid'> {
  const r = new Reader(payload);
  r.map(phone ? 4 : 3);
  r.integer(CLAIM_EXP);
  const exp = time(r);
  r.integer(CLAIM_CTI);
  const cti = encodeBase64url(r.bytes(8));
  const codeKey = phone ? confirmation(r) : undefined;
  r.integer(CLAIM_PASS);
  r.array(2);
  const kind = r.uint();
  const children = r.uint();
  r.end();
  if (kind === 0 || children > MAX_CHILDREN) throw new Malformed('kind or children out of range');
  if (isKnownKind(kind)) {
    // Threat: a credential lifted out of a filmed phone and shown as paper would never grow old.
    if (isPaper(kind) === phone) throw new Malformed('kind of another carrier');
    if (isCommunity(kind) && children > 0) throw new Malformed('children on a community pass');
  }
  return { exp, cti, codeKey, kind, children };
}

/** The confirmation claim with its COSE_Key (RFC 8747 §3.2). */
function confirmation(r: Reader): CompressedKey {
  r.integer(CLAIM_CNF);
  r.map(1);
  r.integer(CNF_COSE_KEY);
  r.map(4);
  r.integer(KEY_TYPE);
  r.integer(KEY_EC2);
  r.integer(KEY_CURVE);
  r.integer(KEY_P256);
  r.integer(KEY_X);
  const x = r.bytes(32);
  r.integer(KEY_Y);
  return { x, odd: r.boolean() };
}
