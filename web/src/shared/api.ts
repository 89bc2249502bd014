// Asking the server. This file alone calls fetch. It throws nothing: whoever asks gets an answer or a problem, and a network that is
// not there is a problem like any other.

import { encodeBase64url } from './code/base64url.ts';
import type * as t from './types.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Asked {
  method: Method;
  path: string;
  body?: unknown;
  token?: string;
  /** An Idempotency-Key: the same again when the same is asked again. */
  key?: string;
  /** Milliseconds until it counts as no network. */
  patience?: number;
  signal?: AbortSignal;
}

/** How long an answer is waited for where nobody says otherwise: what the server gives itself, and a slow network both ways. */
const PATIENCE = 15_000;

export const NO_NETWORK = 'no_network';

/** Asks, and reads the answer as JSON, as text where it is none, or as nothing. */
export async function ask<T>(asked: Asked): Promise<t.Answer<T>> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (asked.body !== undefined) headers['Content-Type'] = 'application/json';
  if (asked.token) headers.Authorization = `Bearer ${asked.token}`;
  if (asked.key) headers['Idempotency-Key'] = asked.key;
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), asked.patience ?? PATIENCE);
  asked.signal?.addEventListener('abort', () => end.abort());
  try {
    const response = await fetch(asked.path, {
      method: asked.method,
      headers,
      body: asked.body === undefined ? null : JSON.stringify(asked.body),
      signal: end.signal,
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
    });
    return await read<T>(response);
  } catch {
    return { ok: false, problem: { status: 0, code: NO_NETWORK } };
  } finally {
    clearTimeout(timer);
  }
}

async function read<T>(response: Response): Promise<t.Answer<T>> {
  const kind = response.headers.get('Content-Type') ?? '';
  const value: unknown = kind.includes('json') ? await response.json() : response.status === 204 ? undefined : await response.text();
  if (response.ok) return { ok: true, value: value as T };
  const told = (typeof value === 'object' && value ? value : {}) as Partial<t.Problem>;
  const wait = Number(response.headers.get('Retry-After'));
  return {
    ok: false,
    problem: { ...told, status: response.status, code: told.code ?? 'internal', ...(wait > 0 ? { retryAfter: wait } : {}) },
  };
}

/** Whether nobody answered: the same can be asked again later. */
export const isOffline = (p: t.Problem): boolean =>
  p.code === NO_NETWORK || p.code === 'unavailable' || p.status === 502 || p.status === 504;

/** A random Idempotency-Key or scan id: 128 bits in base64url. */
export function randomId(): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(16)));
}

/** Whoever asks with a token of their own; see proof.ts and work.ts. */
export type Asker = <T>(asked: Omit<Asked, 'token'>) => Promise<t.Answer<T>>;

const get = (path: string): Asked => ({ method: 'GET', path });
const post = (path: string, body?: unknown, key?: string): Asked => ({
  method: 'POST',
  path,
  ...(body === undefined ? {} : { body }),
  ...(key === undefined ? {} : { key }),
});
const put = (path: string, body: unknown): Asked => ({ method: 'PUT', path, body });
const remove = (path: string): Asked => ({ method: 'DELETE', path });
const seg = encodeURIComponent;

/** A path with those parameters that are there. */
export function query(path: string, params: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const all = Object.entries(params).filter(([, v]) => v !== undefined && v !== '' && v !== false);
  return all.length ? `${path}?${all.map(([k, v]) => `${k}=${seg(String(v))}`).join('&')}` : path;
}

// Phones and scanners begin here; these need no token.
export const activate = (body: { code: string; device_key: t.Key; replace?: boolean; birth_year?: number }) =>
  ask<t.Activated>(post('/v1/activations', body));
export const openRequest = (device_key: t.Key) => ask<t.ActivationRequest>(post('/v1/activation-requests', { device_key }));
export const readRequest = (id: string) => ask<t.ActivationRequest>(get(`/v1/activation-requests/${seg(id)}`));
export const recover = (body: { pass_number: string; code: string; device_key: t.Key; birth_year?: number }) =>
  ask<t.Activated>(post('/v1/recoveries', body));
export const token = (assertion: string) =>
  ask<{ access_token: string; expires_in: number; now: t.Instant }>(post('/v1/token', { assertion }));
export const enrolScanner = (body: { code: string; key: t.Key }) => ask<t.Enrolled>(post('/v1/scanner-enrolments', body));
export const networks = () => ask<{ networks: t.Network[] }>(get('/v1/networks'));

// A holder.
export const me = (as: Asker) => as<t.Stored>(get('/v1/me'));
export const eraseMe = (as: Asker) => as<undefined>(remove('/v1/me'));
export const credential = (as: Asker, code_key: t.Key) => as<t.Credential>(post('/v1/me/credential', { code_key }));
export const spokenCode = (as: Asker) => as<{ code: string; until: t.Instant }>(post('/v1/me/spoken-code', {}));
export const recoveryCode = (as: Asker) => as<{ pass_number: string; recovery_code: string }>(post('/v1/me/recovery-code', {}));
export const askToRenew = (as: Asker) => as<t.PassOfHolder>(post('/v1/me/renewal-request', {}));
export const setLanguage = (as: Asker, language: t.Language) => as<t.PassOfHolder>(put('/v1/me/language', { language }));
export const notices = (as: Asker, cursor?: string) => as<{ notices: t.Notice[]; next?: string }>(get(query('/v1/me/notices', { cursor })));
export const readNotice = (as: Asker, id: string) => as<t.Notice>(post(`/v1/me/notices/${seg(id)}/read`));
export const myReservations = (as: Asker) => as<{ reservations: t.Reservation[] }>(get('/v1/me/reservations'));
export const cancelReservation = (as: Asker, id: string) => as<t.Reservation>(remove(`/v1/me/reservations/${seg(id)}`));

// A worker.
export interface PassFilter {
  number?: string;
  issued_by?: 'me';
  month?: string;
  birth_year?: number;
  postal_code?: string;
  children?: number;
  state?: t.PassState;
  ends_soon?: boolean;
  asked?: boolean;
  cursor?: string;
  limit?: number;
}
export const findPasses = (as: Asker, filter: PassFilter) => as<t.PassList>(get(query('/v1/passes', { ...filter })));
export const issuePass = (as: Asker, body: t.NewPass, key: string) => as<t.PassOfWorker>(post('/v1/passes', body, key));
export const readPass = (as: Asker, id: string) => as<t.PassOfWorker>(get(`/v1/passes/${seg(id)}`));
export const changePass = <A extends keyof t.PassActions>(as: Asker, id: string, action: A, body: t.PassActions[A]['body']) =>
  as<t.PassActions[A]['answer']>(post(`/v1/passes/${seg(id)}/${action}`, body));

// A scanner.
export const bundle = (as: Asker) => as<string>(get('/v1/venue/bundle'));
export const venueToday = (as: Asker) => as<t.Today>(get('/v1/venue/today'));
export const scan = (as: Asker, body: t.ScanAsked, patience?: number) =>
  as<t.Decision>({ ...post('/v1/scans', body), ...(patience === undefined ? {} : { patience }) });
export const uploadScans = (as: Asker, scans: t.UploadAsked[]) => as<{ answers: t.UploadAnswer[] }>(post('/v1/scans/uploads', { scans }));
export const changeParty = (as: Asker, scan: string, party: Partial<t.Party>) => as<t.Decision>(put(`/v1/scans/${seg(scan)}/party`, party));
export const undoScan = (as: Asker, scan: string) => as<t.Decision>(remove(`/v1/scans/${seg(scan)}`));

// A manager.
export const doorToday = (as: Asker) => as<t.Today>(get('/v1/door'));
export const conflicts = (as: Asker) => as<{ conflicts: t.Conflict[] }>(get('/v1/conflicts'));
export const seeConflict = (as: Asker, id: string) => as<undefined>(post(`/v1/conflicts/${seg(id)}/seen`));
export const scanners = (as: Asker) => as<{ scanners: t.Scanner[] }>(get('/v1/scanners'));
export const addScanner = (as: Asker, body: { label: string; end_day: t.Day }, key: string) =>
  as<t.Scanner>(post('/v1/scanners', body, key));
export const removeScanner = (as: Asker, id: string) => as<undefined>(remove(`/v1/scanners/${seg(id)}`));
export const offers = (as: Asker, closed?: boolean) => as<{ offers: t.Offer[] }>(get(query('/v1/offers', { closed })));
export const createOffer = (as: Asker, body: t.NewOffer, key: string) => as<t.Offer>(post('/v1/offers', body, key));
export const readOffer = (as: Asker, id: string) => as<t.Offer>(get(`/v1/offers/${seg(id)}`));
export const describeOffer = (
  as: Asker,
  id: string,
  body: Pick<t.NewOffer, 'title' | 'description' | 'access' | 'place' | 'genre'> & { walk_ins: boolean },
) => as<t.Offer>(put(`/v1/offers/${seg(id)}`, body));
export const closeOffer = (as: Asker, id: string) => as<t.Offer>(post(`/v1/offers/${seg(id)}/close`));
export const createSession = (as: Asker, offer: string, body: t.NewSession, key: string) =>
  as<t.Session>(post(`/v1/offers/${seg(offer)}/sessions`, body, key));
export const changeSeats = (as: Asker, session: string, body: { seats?: number; no_limit?: boolean }) =>
  as<t.Session>(put(`/v1/sessions/${seg(session)}/seats`, body));
export const cancelSession = (as: Asker, session: string) => as<t.Session>(post(`/v1/sessions/${seg(session)}/cancel`));
export const reserveByPaper = (as: Asker, body: { paper_number: string; session: string; party: Partial<t.Party> }, key: string) =>
  as<t.Reservation>(post('/v1/reservations', body, key));
export const cancelHere = (as: Asker, id: string) => as<t.Reservation>(remove(`/v1/reservations/${seg(id)}`));

// Those who run networks.
export const organisations = (as: Asker, network?: string) =>
  as<{ organisations: t.Organisation[] }>(get(query('/v1/organisations', { network })));
export const createOrganisation = (as: Asker, body: t.NewOrganisation, key: string) =>
  as<t.Organisation>(post('/v1/organisations', body, key));
export const closeOrganisation = (as: Asker, id: string, move_to?: string) =>
  as<t.Organisation>(post(`/v1/organisations/${seg(id)}/close`, move_to ? { move_to } : {}));
export const setRules = (as: Asker, network: string, body: t.DatedRules) => as<t.Network>(put(`/v1/networks/${seg(network)}/rules`, body));
export const extendPilot = (as: Asker, network: string, last: t.Day) =>
  as<t.Network>(put(`/v1/networks/${seg(network)}/last-day`, { last }));
export const createNetwork = (as: Asker, body: Omit<t.Network, 'rules' | 'coming' | 'invented'>, key: string) =>
  as<t.Network>(post('/v1/networks', body, key));

// People who work begin here; the cookie is the proof of the session.
export interface Proof {
  password: string;
  code?: string;
  next_code?: string;
}
export const signIn = (body: Proof & { email: string; remember?: boolean }) => ask<t.SignedIn>(post('/v1/sign-in', body));
export const refreshSession = () => ask<t.SignedIn>(post('/v1/session/refresh'));
export const switchRole = (role: t.Role) => ask<t.SignedIn>(post('/v1/session/role', role));
export const endSession = () => ask<undefined>(post('/v1/session/end'));
export const lookAtInvitation = (invitation: string) => ask<t.Look>(post('/v1/invitations/look', { token: invitation }));
export const acceptInvitation = (body: {
  token: string;
  name?: string;
  language?: t.Language;
  password?: string;
  code?: string;
  next_code?: string;
  enrolment?: string;
  remember?: boolean;
}) => ask<t.SignedIn>(post('/v1/invitations/accept', body));

// Those who oversee people, and everybody about themselves.
export const endAllSessions = (as: Asker) => as<undefined>(post('/v1/session/end-all'));
export const invitations = (as: Asker, where: { organisation?: string; network?: string }) =>
  as<{ invitations: t.Invitation[] }>(get(query('/v1/invitations', where)));
export const invite = (as: Asker, all: { email: string; role: t.RoleName; organisation?: string; network?: string }[], key: string) =>
  as<{ invitations: t.Invitation[] }>(post('/v1/invitations', { invitations: all }, key));
export const withdrawInvitation = (as: Asker, id: string) => as<undefined>(remove(`/v1/invitations/${seg(id)}`));
export const people = (as: Asker, where: { organisation?: string; network?: string }) =>
  as<{ people: t.Colleague[] }>(get(query('/v1/people', where)));
export const resetSecondFactor = (as: Asker, id: string, password: boolean, key: string) =>
  as<t.Invitation>(post(`/v1/people/${seg(id)}/reset-second-factor`, { password }, key));
export const endPerson = (as: Asker, id: string, role?: t.Role) => as<undefined>(post(`/v1/people/${seg(id)}/end`, role ?? {}));
export const meAtWork = (as: Asker) => as<t.AtWork>(get('/v1/me-at-work'));
export const changePassword = (as: Asker, body: Proof & { new_password: string }) => as<undefined>(post('/v1/me-at-work/password', body));
export const renewRecoveryCodes = (as: Asker, body: Proof) => as<{ recovery_codes: string[] }>(post('/v1/me-at-work/recovery-codes', body));
export const startEnrolment = (as: Asker) => as<t.Enrolment>(post('/v1/me-at-work/enrolment'));
export const replaceSecondFactor = (as: Asker, body: Proof & { enrolment: string; new_code: string }) =>
  as<{ recovery_codes: string[] }>(put('/v1/me-at-work/second-factor', body));
export const forgetComputer = (as: Asker, id: string) => as<undefined>(remove(`/v1/me-at-work/computers/${seg(id)}`));
export const audit = (as: Asker, params: { pass?: string; mine?: boolean; before?: string; limit?: number }) =>
  as<{ rows: t.AuditRow[]; next?: string }>(get(query('/v1/audit', params)));
