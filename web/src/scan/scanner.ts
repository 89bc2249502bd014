// This phone as a scanner: its enrolment, its list, what it remembers, and its contact with the server. Screens draw what `standing` says
// and are told when that changes.

import * as api from '../shared/api.ts';
import { clock, learn } from '../shared/clock.ts';
import { newKey, publicJwk } from '../shared/code/keys.ts';
import { all, canKeepKeys, clear, keep, kept, put, remove } from '../shared/db.ts';
import { type Bundle, bundleKeyOf, nextTrusted, openBundle } from '../shared/judge/bundle.ts';
import { stillNeeded, type Welcomed } from '../shared/judge/memory.ts';
import { Prover } from '../shared/proof.ts';
import type { Answer, Party, Problem } from '../shared/types.ts';
import { helsinkiDay } from '../shared/words.ts';
import { backoff, Health } from './health.ts';
import type { Choice, Enrolment, KeptToday, Result, Settings, Unsent } from './kept.ts';
import { Outbox } from './outbox.ts';
import { forgettable, type Settled } from './queue.ts';
import { meaning } from './race.ts';

/** All that screens draw. */
export interface Standing {
  readonly enrolment: Enrolment | undefined;
  readonly bundle: Bundle | undefined;
  readonly today: KeptToday | undefined;
  readonly choice: Choice | undefined;
  readonly settings: Settings;
  /** Newest first. */
  readonly results: readonly Result[];
  readonly unsent: number;
  /** What would be lost with the queue: the unsent, and what was taken back and is still to be told. */
  readonly untold: number;
  /** Whether the server answers. */
  readonly online: boolean;
  /** When it last answered, by the corrected clock; undefined since this start. */
  readonly heard: number | undefined;
}

const SETTINGS: Settings = { keepShowing: false, sound: true, camera: false };
const HOUR = 3600_000;
/** Milliseconds between two tries to fetch a list: it may be large, and one that is refused stays so. */
const LIST_AGAIN = 10 * 60_000;
/** Milliseconds between two looks at the counts while the page is seen. */
const LOOK = 60_000;
/** While it is coming back, soon: two answers in a row make it steady. */
const SOON = 1000;
/** While a scan waits that was held back by its own question. */
const HELD = 6000;

export class Scanner {
  #standing: Standing = {
    ...{ enrolment: undefined, bundle: undefined, today: undefined, choice: undefined },
    ...{ settings: SETTINGS, results: [], unsent: 0, untold: 0, online: true, heard: undefined },
  };
  #listeners = new Set<() => void>();
  #prover: Prover | undefined;
  #health = new Health();
  #outbox = new Outbox();
  #welcomed: readonly Welcomed[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #listTried = 0;
  #pulsing = false;

  get standing(): Standing {
    return this.#standing;
  }

  /** What this scanner let in. */
  get welcomed(): readonly Welcomed[] {
    return this.#welcomed;
  }

  get outbox(): Outbox {
    return this.#outbox;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(change: Partial<Standing>): void {
    this.#standing = { ...this.#standing, ...change, unsent: this.#outbox.size, untold: this.#outbox.lines };
    for (const tell of this.#listeners) tell();
  }

  /** Reads what this phone kept, and begins to keep contact. */
  async wake(): Promise<void> {
    const [enrolment, today, choice, settings, welcomed, results] = await Promise.all([
      kept<Enrolment>('scanner'),
      kept<KeptToday>('scan-today'),
      kept<Choice>('scan-choice'),
      kept<Settings>('scan-settings'),
      all('admitted'),
      all('results'),
      this.#outbox.wake(),
    ]);
    this.#welcomed = welcomed;
    results.sort((a, b) => b.at - a.at);
    this.#set({ enrolment, today, choice, settings: { ...SETTINGS, ...settings }, results, online: navigator.onLine });
    addEventListener('online', () => this.pulse());
    addEventListener('offline', () => this.#set({ online: false }));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.pulse();
    });
    if (!enrolment) return;
    this.#prover = new Prover('scanner+jwt', enrolment.key);
    if (enrolment.bundle) await this.#open(enrolment, enrolment.bundle.token);
    await this.#tidy();
    void this.pulse();
  }

  /** Asks in this scanner's name. */
  ask: api.Asker = async <T>(asked: Omit<api.Asked, 'token'>): Promise<Answer<T>> => {
    if (!this.#prover) return { ok: false, problem: { status: 401, code: 'unknown_key' } };
    const answer = await this.#prover.ask<T>(asked);
    if (!answer.ok && meaning(answer.problem.code) === 'ended') await this.#end();
    return answer;
  };

  async #end(): Promise<void> {
    const { enrolment } = this.#standing;
    if (!enrolment || enrolment.ended) return;
    const ended = { ...enrolment, ended: true };
    this.#set({ enrolment: ended });
    await keepIfRoom('scanner', ended);
  }

  /** Whether a scan should wait for the server. */
  get reachable(): boolean {
    return this.#health.up && navigator.onLine;
  }

  /** Notes whether a call was answered in time. */
  note(answered: boolean): void {
    this.#health.note(answered);
    this.#failures = answered ? 0 : this.#failures + 1;
    this.#set({ online: this.reachable, ...(answered ? { heard: clock.now() } : {}) });
    if (!answered || !this.#health.up) this.#again();
  }

  // Enrolment.

  /**
   * Makes this phone a scanner by the manager's code. The key is kept before it is shown to anybody, for an answer that gets lost. Only the
   * answer tells whose code it was: if it is another venue's and something here is still unsent, all stays as it is unless that may be lost.
   */
  async enrol(code: string, lose = false): Promise<Answer<Enrolment> | 'no_keys' | 'unsent'> {
    if (!(await canKeepKeys())) return 'no_keys';
    await this.#sendBefore();
    const key = (await kept<CryptoKeyPair>('scanner-key')) ?? (await newKey());
    await keep('scanner-key', key);
    const asked = Date.now();
    const answer = await api.enrolScanner({ code, key: await publicJwk(key.publicKey) });
    if (!answer.ok) {
      if (answer.problem.code === 'key_in_use') await remove('kept', 'scanner-key');
      return answer;
    }
    const { scanner, venue, bundle_keys, now } = answer.value;
    learn(now, asked);
    if (!lose && this.#isElsewhere(venue.id) && this.#outbox.lines > 0) return 'unsent';
    const trusted = bundle_keys.flatMap((k) => bundleKeyOf(k) ?? []);
    const enrolment: Enrolment = { key, id: scanner.id, label: scanner.label, endDay: scanner.end_day, venue, trusted };
    await this.#begin(enrolment);
    return { ok: true, value: enrolment };
  }

  /** What waits can still be sent by another scanner of the same venue, and by no other's. */
  #isElsewhere(venue: string): boolean {
    const { enrolment } = this.#standing;
    return enrolment !== undefined && enrolment.venue.id !== venue;
  }

  async #begin(enrolment: Enrolment): Promise<void> {
    const elsewhere = this.#isElsewhere(enrolment.venue.id);
    await keep('scanner', enrolment);
    if (elsewhere) await this.#forgetAll();
    await remove('kept', 'scanner-key', 'scan-today', 'scan-choice');
    this.#listTried = 0;
    this.#prover = new Prover('scanner+jwt', enrolment.key);
    this.#set({ enrolment, bundle: undefined, today: undefined, choice: undefined, heard: undefined });
    await this.pulse();
  }

  /**
   * Makes this phone no scanner any more. What waits is sent first; if something is left, it stays a scanner unless that may be lost. Answers
   * whether it left.
   */
  async leave(lose = false): Promise<boolean> {
    await this.#sendBefore();
    if (!lose && this.#outbox.lines > 0) return false;
    await this.#forgetAll();
    await remove('kept', 'scanner', 'scanner-key', 'scan-today', 'scan-choice');
    this.#prover = undefined;
    this.#set({ enrolment: undefined, bundle: undefined, today: undefined, choice: undefined });
    return true;
  }

  /** Sends what waits before it could be lost. */
  async #sendBefore(): Promise<void> {
    const { enrolment } = this.#standing;
    if (!enrolment || enrolment.ended) return;
    await this.#send();
    this.#set({});
  }

  async #forgetAll(): Promise<void> {
    await clear('queue', 'admitted', 'results');
    this.#outbox = new Outbox();
    this.#welcomed = [];
    this.#set({ results: [] });
  }

  // Contact.

  /** Sends what waits, reads the counts, and the list when it has grown old. */
  async pulse(): Promise<void> {
    clearTimeout(this.#timer);
    const { enrolment } = this.#standing;
    if (!enrolment || enrolment.ended || this.#pulsing) return;
    this.#pulsing = true;
    try {
      const sent = await this.#send();
      const answer = sent.ok ? await this.#readToday() : sent;
      this.note(answer.ok || !api.isOffline(answer.problem));
      if (answer.ok && this.#listAge() > HOUR && clock.now() - this.#listTried > LIST_AGAIN) await this.readList();
    } finally {
      this.#pulsing = false;
      this.#again();
    }
  }

  #again(): void {
    clearTimeout(this.#timer);
    const calm = this.#outbox.size > 0 ? HELD : LOOK;
    const wait = this.#failures > 0 ? backoff(this.#failures) : this.#health.up ? calm : SOON;
    this.#timer = setTimeout(() => void this.pulse(), wait);
  }

  #send(): Promise<Answer<undefined>> {
    return this.#outbox.send(this.ask, (unsent, became) => this.#settled(unsent, became));
  }

  async #readToday(): Promise<Answer<undefined>> {
    const asked = Date.now();
    const answer = await api.venueToday(this.ask);
    if (!answer.ok) return answer;
    learn(answer.value.now, asked);
    const today: KeptToday = { today: answer.value, at: clock.now() };
    this.#set({ today });
    await keepIfRoom('scan-today', today);
    return { ok: true, value: undefined };
  }

  #listAge(): number {
    const { bundle } = this.#standing;
    return bundle ? clock.now() - bundle.issued * 1000 : Number.POSITIVE_INFINITY;
  }

  /** Fetches the list that this phone decides by when there is no network. */
  async readList(): Promise<Answer<undefined>> {
    this.#listTried = clock.now();
    const answer = await api.bundle(this.ask);
    if (!answer.ok) return answer;
    const { enrolment } = this.#standing;
    return enrolment && (await this.#open(enrolment, answer.value)) ? { ok: true, value: undefined } : failed('list_not_trusted');
  }

  /** Opens a list, and keeps it with the key that signs the next. One that is not right changes nothing. */
  async #open(enrolment: Enrolment, token: string): Promise<boolean> {
    const opened = await openBundle(token, enrolment.id, enrolment.trusted);
    if (!opened.ok) return false;
    const { bundle } = opened;
    const known = enrolment.bundle?.token === token ? enrolment.bundle : { token, at: clock.now() };
    const next: Enrolment = { ...enrolment, trusted: nextTrusted(enrolment.trusted, bundle), bundle: known };
    this.#set({ enrolment: next, bundle });
    if (next.bundle !== enrolment.bundle) await keepIfRoom('scanner', next);
    return true;
  }

  // Scans.

  /** Remembers a welcome, to know the pass when it comes again. */
  async remember(welcomed: Welcomed | undefined): Promise<void> {
    if (!welcomed) return;
    this.#welcomed = [...this.#welcomed, welcomed];
    await put('admitted', { ...welcomed, id: welcomed.scan_id }).catch(() => undefined);
  }

  async forgetWelcome(scan: string): Promise<void> {
    this.#welcomed = this.#welcomed.filter((w) => w.scan_id !== scan);
    await remove('admitted', scan).catch(() => undefined);
  }

  /** Keeps a scan that was decided here until the server has it. */
  async enqueue(unsent: Unsent): Promise<void> {
    await this.#outbox.put(unsent);
    this.#set({});
  }

  async unqueue(scan: string): Promise<void> {
    await this.#outbox.drop(scan);
    this.#set({});
  }

  /** Adds a line to the last scans, or changes one. */
  async record(result: Result): Promise<void> {
    const others = this.#standing.results.filter((r) => r.id !== result.id);
    this.#set({ results: [result, ...others].sort((a, b) => b.at - a.at) });
    await put('results', result).catch(() => undefined);
  }

  async change(scan: string, change: Partial<Result>): Promise<void> {
    const known = this.#standing.results.find((r) => r.id === scan);
    if (known) await this.record({ ...known, ...change });
  }

  /** Notes what became of a scan; answers whether there is nothing more to tell of it. */
  async #settled({ upload, undone }: Unsent, became: Settled): Promise<boolean> {
    if (undone) return true;
    const change =
      became.kind === 'party' ? await this.#tellParty(upload.scan_id, became) : became.kind === 'differs' ? { conflict: became.why } : {};
    if (!change) return false;
    await this.change(upload.scan_id, { sent: true, ...change });
    return true;
  }

  /** Corrects the party of a scan that was counted with another. Refused, it stays as it was counted, and that is to be looked at. */
  async #tellParty(scan: string, { party, counted }: { party: Party; counted: Party }): Promise<Partial<Result> | undefined> {
    const answer = await api.changeParty(this.ask, scan, party);
    if (answer.ok && answer.value.decision === 'admitted') return {};
    if (!answer.ok && !isFinal(answer.problem)) return undefined;
    return { party: counted, conflict: 'party' };
  }

  async #tidy(): Promise<void> {
    const now = clock.now();
    const needed = stillNeeded(this.#welcomed, now);
    await remove('admitted', ...this.#welcomed.filter((w) => !needed.includes(w)).map((w) => w.scan_id)).catch(() => undefined);
    this.#welcomed = needed;
    const old = forgettable(this.#standing.results, now);
    await remove('results', ...old.map((r) => r.id)).catch(() => undefined);
    this.#set({ results: this.#standing.results.filter((r) => !old.includes(r)) });
  }

  // How this phone is used.

  async choose(session: string): Promise<void> {
    const choice: Choice = { session, day: helsinkiDay(clock.now()) };
    this.#set({ choice });
    await keepIfRoom('scan-choice', choice);
  }

  async setUp(change: Partial<Settings>): Promise<void> {
    const settings = { ...this.#standing.settings, ...change };
    this.#set({ settings });
    await keepIfRoom('scan-settings', settings);
  }
}

/** Keeps what is in memory already: a phone that is full must not close a door. */
const keepIfRoom = (name: string, value: unknown): Promise<void> => keep(name, value).catch(() => undefined);

/** Whether asking again would be answered alike. */
const isFinal = ({ status }: Problem): boolean => status >= 400 && status < 500 && ![401, 408, 429].includes(status);

const failed = (code: string): { ok: false; problem: Problem } => ({ ok: false, problem: { status: 0, code } });

/** The scanner that this phone is. */
export const scanner = new Scanner();
