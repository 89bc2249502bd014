import { CODE_AAD, ISSUER_AAD, type Sign1, signatureInRange, toBeSigned } from './cose.ts';
import { ES256, importPoint } from './keys.ts';
import { decompress } from './point.ts';
import { isCommunity, isKnownKind, isPaper, type Kind, readCode, type SignedCredential } from './read.ts';
import { SeenCredentials } from './seen.ts';

// Steps 5 to 10 of "Reading" in docs/kp1.md. Whether a right code is welcome, now and here, is judged elsewhere.

/** A right code. */
export interface Code {
  readonly kind: Kind;
  readonly paper: boolean; // a print: neither age nor replay applies
  readonly community: boolean; // the pass belongs to a distributor
  readonly children: number; // 0 to 15
  readonly cti: string; // 11 characters of base64url
  readonly exp: number; // Unix seconds; past means now ≥ exp
  readonly signedAt: number; // Unix seconds by the phone's corrected clock; 0 on paper
  readonly kid: string; // of the issuer's key
}

/** Why a text is no right code, in the order in which it is judged. */
export type Refusal = 'not_a_pass' | 'bad_signature' | 'unknown_issuer' | 'unknown_kind';

/** The answer to a text. */
export type Verified = { readonly ok: true; readonly code: Code } | { readonly ok: false; readonly refusal: Refusal };

/** Issuer keys by kid. One that is withdrawn is left out, and stops working at once. */
export type IssuerKeys = ReadonlyMap<string, CryptoKey>;

const BAD_SIGNATURE: Verified = { ok: false, refusal: 'bad_signature' };

/**
 * Reads a scanned text and checks every signature in it.
 *
 * What can be wrong without knowing the issuer is wrong first: `unknown_issuer` is right but for the missing key, so that junk never
 * makes anybody fetch keys. `seen` remembers credentials whose signature was right, which is half of the work.
 */
export async function verify(text: string, keys: IssuerKeys, seen = new SeenCredentials()): Promise<Verified> {
  const read = readCode(text);
  if (!read.ok) return read;
  const { credential, frame, signedAt } = read.code;
  if (!signatureInRange(credential.frame.signature) || (frame && !signatureInRange(frame.signature))) return BAD_SIGNATURE;
  const issuer = keys.get(credential.kid);
  const checked = await checkCredential(credential, issuer, seen);
  if (!checked) return BAD_SIGNATURE;
  // A person's key inside another's credential signs nothing: this signature covers the credential.
  if (frame && !(checked.codeKey && (await signed(checked.codeKey, frame, CODE_AAD)))) return BAD_SIGNATURE;
  if (!issuer) return { ok: false, refusal: 'unknown_issuer' };
  const { kind, children, cti, exp, kid } = credential;
  if (!isKnownKind(kind)) return { ok: false, refusal: 'unknown_kind' };
  return { ok: true, code: { kind, paper: isPaper(kind), community: isCommunity(kind), children, cti, exp, signedAt, kid } };
}

/** Checks the issuer's signature and finds the code key; without an issuer it checks what is left. Undefined means wrong. */
async function checkCredential(
  credential: SignedCredential,
  issuer: CryptoKey | undefined,
  seen: SeenCredentials,
): Promise<Found | undefined> {
  const known = issuer && seen.find(credential.raw, issuer);
  if (known) return known;
  if (issuer && !(await signed(issuer, credential.frame, ISSUER_AAD))) return undefined;
  const found = await findCodeKey(credential);
  if (issuer && found) seen.add(credential.raw, { issuer, ...found });
  return found;
}

/** A code key; none on paper. */
interface Found {
  readonly codeKey: CryptoKey | undefined;
}

/** An x that is of no point has no signature that could be right: undefined. */
async function findCodeKey({ codeKey }: SignedCredential): Promise<Found | undefined> {
  if (!codeKey) return { codeKey: undefined };
  const point = decompress(codeKey.x, codeKey.odd);
  return point && { codeKey: await importPoint(point) };
}

/** Whether a key signed these very bytes. Both s and n − s verify: a signature is no identity of what it signs. */
function signed(key: CryptoKey, { protectedHeader, payload, signature }: Sign1, externalAad: ArrayLike<number>): Promise<boolean> {
  return crypto.subtle.verify(ES256, key, signature, toBeSigned(protectedHeader, externalAad, payload));
}
