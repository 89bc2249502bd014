// The shapes of docs/api/openapi.yaml, under the same names. Times are RFC 3339 in UTC, days are YYYY-MM-DD in Helsinki.

export type Instant = string;
export type Day = string;
export type Language = 'fi' | 'sv' | 'en';
export type Text = Partial<Record<Language, string>>;

/** An error (RFC 9457). `no_network` is made here: nobody answered, or not in time. */
export interface Problem {
  status: number;
  code: string;
  title?: string;
  detail?: string;
  field?: string;
  /** The id under which the request stands in the server's log. */
  instance?: string;
  /** Seconds to wait, from the header Retry-After. */
  retryAfter?: number;
  /** Members of single codes. */
  now?: Instant;
  kind?: string;
  wanted?: string;
  most?: number;
  free?: number;
  taken?: number;
  low?: number;
  high?: number;
  until?: Instant;
  min_age?: number;
}

export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** A public key on P-256 (RFC 7517). */
export interface Key {
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
  kid?: string;
}

// Passes, as their holder sees them.

export type PassState = 'issued' | 'active' | 'suspended' | 'revoked';

export interface PassOfHolder {
  id: string;
  number: string;
  network: string;
  community: boolean;
  children: number;
  child_age: number;
  language: Language;
  state: PassState;
  first: Day;
  last: Day;
  grace_days: number;
  renew_asked?: Day;
  recovery_code: boolean;
}

export interface Activated {
  pass: PassOfHolder;
  phone: string;
  recovery_code?: string;
  now: Instant;
}

export interface ActivationRequest {
  id: string;
  state: 'waiting' | 'active' | 'ended';
  digits?: string;
  expires?: Instant;
  pass?: PassOfHolder;
  phone?: string;
  recovery_code?: string;
  now?: Instant;
}

export interface Credential {
  /** base64url */
  credential: string;
  kind: number;
  children: number;
  issued: Instant;
  exp: Instant;
  renew_after: Instant;
  first: Day;
  last: Day;
  grace_days: number;
  now: Instant;
}

export interface Span {
  from: Instant;
  to?: Instant;
}

export interface StoredCarrier {
  id: string;
  this?: boolean;
  carried: Span[];
  exp?: Instant;
  undo_until?: Instant;
}

/** All that is stored about a holder. */
export interface Stored extends PassOfHolder {
  birth_year?: number;
  postal_code?: string;
  municipality: string;
  terms_version: string;
  terms_day: Day;
  issued_at: Instant;
  usable_until: Instant;
  ended_at?: Instant;
  states: { state: PassState; from: Instant }[];
  phones: StoredCarrier[];
  papers: StoredCarrier[];
  activation?: ActivationCode;
  recovery_code_since?: Instant;
  spoken_code_at?: Instant;
  told?: Record<string, Day>;
  push_address: boolean;
  credentials: number;
  notices: number;
  reservations: number;
  visits: number;
  now: Instant;
}

export type NoticeKind = 'activated' | 'ends_30' | 'ends_7' | 'recovered' | 'renewed' | 'replaced' | 'session_cancelled';

export interface Notice {
  id: string;
  kind: NoticeKind;
  at: Instant;
  facts?: Record<string, string>;
  read_at?: Instant;
}

export interface Party {
  children: number;
  assistants: number;
  group?: number;
}

export interface Meeting {
  from: Instant;
  to: Instant;
}

export type ReservationState =
  | 'waiting'
  | 'offered'
  | 'reserved'
  | 'missed'
  | 'used'
  | 'on_course'
  | 'cancelled'
  | 'undone'
  | 'refused'
  | 'conflict'
  | 'closed';

export interface Reservation {
  id: string;
  state: ReservationState;
  session: string;
  offer: string;
  kind: OfferKind;
  title: Text;
  venue: Text;
  place?: string;
  start: Instant;
  end: Instant;
  meetings?: Meeting[];
  party: Party;
  seats: number;
  cancel_until: Instant;
  code?: string;
}

// Passes, as a worker of their distributor sees them.

export type ChangeReason = 'lost_phone' | 'new_phone' | 'asked_by_holder' | 'moved_away' | 'misuse' | 'mistake' | 'other';

export interface ActivationCode {
  expires: Instant;
  new_phone: boolean;
  used_at?: Instant;
}

export interface Carrier {
  since: Instant;
  exp?: Instant;
}

export interface PassOfWorker {
  id: string;
  version: number;
  number: string;
  network: string;
  community: boolean;
  birth_year?: number;
  postal_code?: string;
  municipality: string;
  children: number;
  language: Language;
  terms_version: string;
  terms_day: Day;
  state: PassState;
  first: Day;
  last: Day;
  grace_days: number;
  issued_by: string;
  issued_at: Instant;
  renew_asked?: Day;
  ended_at?: Instant;
  phone?: Carrier;
  undo_until?: Instant;
  paper?: Carrier;
  activation?: ActivationCode;
  recovery_code: boolean;
}

export interface PassList {
  passes: PassOfWorker[];
  next?: string;
}

export interface NewPass {
  community?: boolean;
  birth_year?: number;
  postal_code?: string;
  municipality?: string;
  children?: number;
  language: Language;
  terms_version: string;
  terms_day: Day;
  answers?: Record<string, string>;
}

/** What POST /v1/passes/{id}/{action} takes and answers, by action. */
export interface PassActions {
  'activation-code': { body: Record<string, never>; answer: CodeAnswer };
  'new-phone': { body: Record<string, never>; answer: CodeAnswer };
  'cancel-code': { body: Record<string, never>; answer: PassAnswer };
  bind: { body: { digits: string; replace?: boolean }; answer: PassAnswer };
  renew: { body: { last: Day }; answer: PassAnswer };
  suspend: { body: { reason: ChangeReason }; answer: PassAnswer };
  resume: { body: { reason?: ChangeReason }; answer: PassAnswer };
  revoke: { body: { reason: ChangeReason }; answer: PassAnswer };
  'lost-phone': { body: Record<string, never>; answer: PassAnswer };
  'undo-replacement': { body: Record<string, never>; answer: PassAnswer };
  paper: { body: Record<string, never>; answer: PaperAnswer };
  'recovery-code': { body: Record<string, never>; answer: { pass: PassOfWorker; recovery_code: string } };
  correct: {
    body: {
      children?: number;
      language?: Language;
      postal_code?: string;
      municipality?: string;
      reason?: ChangeReason;
      version?: number;
    };
    answer: PassAnswer;
  };
  erase: { body: { reason?: ChangeReason }; answer: undefined };
}

export interface PassAnswer {
  pass: PassOfWorker;
}

export interface CodeAnswer {
  pass: PassOfWorker;
  code: string;
  expires: Instant;
}

export interface PaperAnswer {
  pass: PassOfWorker;
  code: string;
  number: string;
  exp: Instant;
}

// Doors.

export type Reason =
  | 'not_a_pass'
  | 'bad_signature'
  | 'wrong_clock'
  | 'stale_code'
  | 'not_in_use'
  | 'expired'
  | 'wrong_area'
  | 'needs_network'
  | 'not_today'
  | 'already_admitted'
  | 'other_session'
  | 'limit_reached'
  | 'too_many_children'
  | 'reservation_needed'
  | 'no_seats';

export type Mark = 'check_id' | 'in_grace' | 'clock_off' | 'offline' | 'bundle_old' | 'on_course' | 'over_seats';

export interface Decision {
  scan_id: string;
  decision: 'admitted' | 'refused' | 'undone';
  reason?: Reason;
  marks?: Mark[];
  party: Party;
  at: Instant;
  first_at?: Instant;
  /** How many people are welcome. */
  welcome: number;
  opens?: Instant;
  last_day?: Day;
  other?: { session: string };
  limit?: { times: number; next?: Day };
  group?: boolean;
}

export interface ScanAsked {
  scan_id: string;
  session: string;
  code?: string;
  typed?: string;
  /** Left out: as it was booked. */
  party?: Partial<Party>;
  scanned_at?: Instant;
}

export type Shown = 'welcome' | 'refused';

export interface UploadAsked {
  scan_id: string;
  session: string;
  code: string;
  party: Partial<Party>;
  scanned_at: Instant;
  shown: Shown;
  shown_reason?: Reason;
}

export type Uploaded = 'conflict' | 'counted' | 'counted_over_seats' | 'refused' | 'undone';

export interface UploadAnswer {
  scan_id: string;
  result?: Uploaded;
  decision?: Decision;
  problem?: string;
}

export interface Scanner {
  id: string;
  label: string;
  end_day: Day;
  state: 'waiting' | 'lapsed' | 'working' | 'over' | 'removed';
  enrolled_at?: Instant;
  removed_at?: Instant;
  code?: string;
  code_expires?: Instant;
}

export interface Enrolled {
  scanner: Scanner;
  venue: { id: string; name: Text };
  bundle_keys: Key[];
  now: Instant;
}

export interface Counts {
  admitted: number;
  reserved: number;
  free?: number;
}

export type Per = 'day' | 'week' | 'month' | '3_months' | 'year' | 'season' | 'calendar_year';

export interface Limit {
  times: number;
  per: Per;
}

export interface Session {
  id: string;
  offer: string;
  start: Instant;
  end: Instant;
  first_day: Day;
  last_day: Day;
  meetings?: Meeting[];
  seats: number;
  no_limit: boolean;
  cancelled_at?: Instant;
  counts?: Counts;
}

export interface TodaySession extends Session {
  title: Text;
  place?: string;
  kind: OfferKind;
  seats_per_pass: number;
  children_counted: boolean;
  walk_ins: boolean;
  open: boolean;
  opens?: Instant;
}

export interface TodayStanding {
  id: string;
  title: Text;
  place?: string;
  kind: OfferKind;
  seats_per_pass: number;
  children_counted: boolean;
  walk_ins: boolean;
  limit?: Limit;
  last?: Day;
  admitted: number;
}

export interface Today {
  day: Day;
  now: Instant;
  venue: { id: string; name: Text };
  sessions: TodaySession[];
  standing: TodayStanding[];
}

export interface Conflict {
  id: string;
  session: string;
  offer: string;
  at: Instant;
  shown: Shown;
  reason: Reason;
  /** It came in beyond the seats, and counts. */
  counted?: boolean;
  first_at?: Instant;
  tag?: string;
  seen_at?: Instant;
}

// Offers.

export type OfferKind = 'event' | 'course' | 'standing';
export type Sector = 'culture' | 'education' | 'science' | 'sport';

export interface NewOffer {
  title: Text;
  description?: Text;
  access?: Text;
  place?: string;
  genre?: string;
  kind: OfferKind;
  sector?: Sector;
  municipality?: string;
  networks?: string[];
  seats_per_pass?: number;
  children_counted?: boolean;
  walk_ins?: boolean;
  reservable?: boolean;
  cancel_minutes?: number;
  limit?: Limit;
  first?: Day;
  last?: Day;
}

export interface Offer {
  id: string;
  title: Text;
  description?: Text;
  access?: Text;
  place?: string;
  genre?: string;
  kind: OfferKind;
  sector: Sector;
  municipality: string;
  networks?: string[];
  seats_per_pass: number;
  children_counted: boolean;
  walk_ins: boolean;
  reservable: boolean;
  cancel_minutes: number;
  limit?: Limit;
  first?: Day;
  last?: Day;
  created_at: Instant;
  closed_at?: Instant;
  invented?: boolean;
  sessions?: Session[];
}

export interface NewSession {
  start?: Instant;
  end?: Instant;
  meetings?: Meeting[];
  seats?: number;
  no_limit?: boolean;
}

// People who work, networks and organisations.

export type RoleName = 'holder' | 'scanner' | 'worker' | 'manager' | 'coordinator' | 'national';

export interface Role {
  role: RoleName;
  organisation?: string;
  network?: string;
}

export interface HeldRole extends Role {
  organisation_name?: Text;
  organisation_kind?: OrganisationKind;
  closed?: boolean;
}

export interface SignedIn {
  access_token: string;
  token_type: string;
  expires_in: number;
  now: Instant;
  acting: Role;
  session_ends: Instant;
  recovery_codes?: string[];
}

export interface Enrolment {
  secret: string;
  uri: string;
  enrolment: string;
}

export interface Look {
  email: string;
  role?: Role;
  organisation_name?: Text;
  expires: Instant;
  needs: 'account' | 'sign_in' | 'second_factor' | 'both';
  second_factor?: Enrolment;
}

export interface Computer {
  id: string;
  since: Instant;
  used_at: Instant;
  expires: Instant;
}

export interface AtWork {
  id: string;
  name: string;
  email: string;
  language: Language;
  acting: Role;
  roles: HeldRole[];
  computers: Computer[];
  recovery_codes_left: number;
}

export interface AuditRow {
  id: string;
  at: Instant;
  by: string;
  person?: string;
  person_name?: string;
  organisation?: string;
  network?: string;
  action: string;
  pass?: string;
  subject?: string;
  reason?: ChangeReason;
}

export interface Invitation {
  id: string;
  email?: string;
  role?: Role;
  expires: Instant;
  token?: string;
}

export interface Colleague {
  id: string;
  name: string;
  email: string;
  roles: Role[];
  signed_in_at?: Instant;
  second_factor: boolean;
}

export type OrganisationKind = 'distributor' | 'venue' | 'institute' | 'popup';

export interface NewOrganisation {
  network?: string;
  kind: OrganisationKind;
  name: Text;
  municipality?: string;
  sector?: Sector;
  first?: Day;
  last?: Day;
}

export interface Organisation extends NewOrganisation {
  id: string;
  closed_at?: Instant;
  moved_to?: string;
  invented?: boolean;
}

export interface Municipality {
  code: string;
  name: Text;
  postal_prefixes?: string[];
}

export interface Rules {
  min_age: number;
  child_age: number;
  valid_months: number;
  grace_days: number;
  unlink_days: number;
  group_max: number;
  opens_minutes: number;
  closes_minutes: number;
  freed_minutes: number;
  claim_minutes: number;
  pushes_week: number;
  suppress_under: number;
  offline_not_allowed?: boolean;
}

export interface DatedRules {
  from: Day;
  rules: Rules;
}

export interface Network {
  id: string;
  name: Text;
  status: 'permanent' | 'pilot';
  first: Day;
  last?: Day;
  local_only: boolean;
  municipalities: Municipality[];
  rules: Rules;
  coming: DatedRules[];
  invented?: boolean;
}
