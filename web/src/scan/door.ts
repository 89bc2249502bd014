// What happens at a door from a code to what is shown, and what can be done about it afterwards. It draws nothing.

import * as api from '../shared/api.ts';
import { readCode } from '../shared/code/read.ts';
import { judgeOffline } from '../shared/judge/judge.ts';
import { type Welcomed, welcomedOnline } from '../shared/judge/memory.ts';
import { PRACTICE_PREFIX } from '../shared/practice.ts';
import type { Answer, Decision, Party, Problem, Text } from '../shared/types.ts';
import { CHANGEABLE, correctParty, takeBack } from './corrections.ts';
import type { Result } from './kept.ts';
import type { ListState } from './look.ts';
import type { Outbox } from './outbox.ts';
import { late, meaning, PATIENCE, race } from './race.ts';
import type { Scanner } from './scanner.ts';
import { cardOf, Lateness, Sightings } from './sightings.ts';
import { uselessness } from './today.ts';

/** What the screen shows. */
export type Showing =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'result'; readonly result: Shown }
  | { readonly kind: 'trouble'; readonly problem: Problem };

/** A result on the screen. */
export interface Shown {
  /** Different for every result that is shown, so that each is announced once. */
  readonly turn: number;
  readonly scan: string;
  readonly decision: Decision;
  readonly party: Party;
  /** What was shown, to try it again with fewer people; not of typed numbers, nor of a result that was opened again. */
  readonly code?: string | undefined;
  /** It was opened again, or has changed its looks: it makes no sound. */
  readonly silent?: boolean;
  readonly practice?: boolean;
  /** This scanner's own scan that let this card in a moment ago: people can be added to it. */
  readonly earlier?: string | undefined;
  /** A change of the party that was not possible, and why. */
  readonly question?: Decision | undefined;
  readonly problem?: Problem | undefined;
}

export interface DoorPlace {
  readonly id: string;
  readonly title: Text;
}

/** What a door needs of the phone that it is on. */
export interface DoorScanner
  extends Pick<
    Scanner,
    | 'ask'
    | 'reachable'
    | 'note'
    | 'welcomed'
    | 'standing'
    | 'enqueue'
    | 'unqueue'
    | 'record'
    | 'change'
    | 'remember'
    | 'forgetWelcome'
    | 'pulse'
  > {
  readonly outbox: Pick<Outbox, 'hold' | 'release' | 'get'>;
}

export interface World {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const ALONE: Party = { children: 0, assistants: 0 };
const NOTHING: Showing = { kind: 'nothing' };

/** A number that was typed and was not judged: it names nothing here, or nobody could be asked. */
export type TypedAnswer = 'shown' | 'unknown' | Problem;

export class Door {
  readonly place: DoorPlace;
  #scanner: DoorScanner;
  #world: World;
  #changed: () => void;
  #showing: Showing = NOTHING;
  #sightings = new Sightings();
  #lateness = new Lateness();
  #busy = false;
  #turn = 0;
  #typed: { text: string; scan: string } | undefined;
  #corrections: Promise<void> = Promise.resolve();

  constructor(place: DoorPlace, scanner: DoorScanner, world: World, changed: () => void) {
    this.place = place;
    this.#scanner = scanner;
    this.#world = world;
    this.#changed = changed;
  }

  get showing(): Showing {
    return this.#showing;
  }

  #show(showing: Showing): void {
    this.#showing = showing;
    this.#changed();
  }

  /** Back to the camera. */
  next(): void {
    this.#show(NOTHING);
  }

  /** Takes what the camera or a hand scanner has read. What is still held there is left out, and so is all while one is being decided. */
  async seen(text: string): Promise<void> {
    if (this.#busy || !this.#sightings.fresh(text, this.#world.now())) return;
    mark('scan:read');
    await this.#oneAtATime(() => this.#decide(text));
  }

  async #oneAtATime(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await work();
    } finally {
      this.#busy = false;
    }
  }

  /** Without a party it is as booked, which the server knows; without the server it is one person, and the steward says the rest. */
  async #decide(code: string, party?: Party): Promise<void> {
    const scan = api.randomId();
    const at = this.#world.now();
    const read = readCode(code);
    if (!read.ok && read.refusal === 'not_a_pass') return this.#showOther(code, scan, at);
    this.#show({ kind: 'checking' });
    const here = this.#judge(code, scan, party ?? ALONE, at);
    if (!this.#scanner.reachable) return this.#alone(code, await here);
    const { ask } = this.#scanner;
    const asked = api.scan(ask, { scan_id: scan, session: this.place.id, code, ...(party ? { party } : {}) }, PATIENCE);
    const raced = await race(asked, this.#world.sleep);
    if (raced.by === 'server') return this.#answered(code, raced.answer, await here);
    this.#scanner.note(false);
    this.#scanner.outbox.hold(scan);
    await this.#alone(code, await here);
    void asked.then((answer) => this.#late(code, scan, answer));
  }

  /** Other people's codes are on posters and tickets: nothing is kept of them, here or at the server. */
  #showOther(code: string, scan: string, at: number): void {
    const decision: Decision = { scan_id: scan, decision: 'refused', reason: 'not_a_pass', party: ALONE, at: iso(at), welcome: 0 };
    this.#result({ scan, decision, party: ALONE, practice: code.startsWith(PRACTICE_PREFIX) });
  }

  async #judge(code: string, scan_id: string, party: Party, at: number): Promise<Here> {
    const { bundle } = this.#scanner.standing;
    if (!bundle) {
      const decision: Decision = { scan_id, decision: 'refused', reason: 'needs_network', party, at: iso(at), welcome: 0 };
      return { decision, remember: undefined };
    }
    return judgeOffline(bundle, { scan_id, session: this.place.id, code, party, at }, this.#scanner.welcomed);
  }

  /** The server has answered in time: with a decision, or with a problem. */
  async #answered(code: string, answer: Answer<Decision>, here: Here): Promise<void> {
    if (answer.ok) {
      this.#scanner.note(true);
      return this.#shown(code, this.#clockOf(code, answer.value), true);
    }
    const { problem } = answer;
    if (meaning(problem.code) === 'alone') {
      this.#scanner.note(false);
      return this.#alone(code, here);
    }
    this.#show(meaning(problem.code) === 'wrong' ? { kind: 'trouble', problem } : NOTHING);
  }

  /** Only this phone has seen the card's earlier codes: it knows an old picture from a slow clock. */
  #clockOf(code: string, decision: Decision): Decision {
    const slow = decision.reason === 'stale_code' && this.#lateness.slowClock(code, this.#world.now());
    return slow ? { ...decision, reason: 'wrong_clock' } : decision;
  }

  /** Decides without the server: what is shown is kept, to be told. */
  async #alone(code: string, { decision: judged, remember }: Here): Promise<void> {
    const decision = this.#clockOf(code, judged);
    const welcome = decision.decision === 'admitted';
    const kept = this.#scanner.enqueue({
      upload: {
        ...{ scan_id: decision.scan_id, session: this.place.id, code, party: decision.party, scanned_at: decision.at },
        ...(welcome ? { shown: 'welcome' } : { shown: 'refused', shown_reason: decision.reason ?? 'needs_network' }),
      },
    });
    await this.#shown(code, decision, false, remember);
    await kept;
  }

  async #late(code: string, scan: string, answer: Answer<Decision>): Promise<void> {
    const { outbox } = this.#scanner;
    outbox.release(scan);
    const queued = outbox.get(scan);
    const showing = this.#showing.kind === 'result' ? this.#showing.result : undefined;
    const shown = this.#scanner.standing.results.find((r) => r.id === scan);
    // What was changed meanwhile, or taken back, is for the upload to tell.
    if (!queued || queued.undone || !shown || shown.party !== shown.decision.party) return;
    switch (late(shown.decision, showing?.scan === scan, answer)) {
      case 'settled':
        await this.#scanner.unqueue(scan);
        return this.#scanner.change(scan, { sent: true });
      case 'show':
        if (!answer.ok) return;
        await this.#scanner.unqueue(scan);
        return this.#shown(code, answer.value, true);
      case 'upload':
        return void this.#scanner.pulse();
    }
  }

  /** Shows a decision and keeps what is to be kept of it. */
  async #shown(code: string | undefined, decision: Decision, sent: boolean, own?: Welcomed): Promise<void> {
    const { scan_id: scan, party } = decision;
    const at = this.#world.now();
    const welcome = decision.decision === 'admitted';
    const { id, title } = this.place;
    const earlier = decision.reason === 'already_admitted' && code ? this.#earlier(code, at) : undefined;
    if (welcome && code) this.#sightings.welcomed(code, at);
    // The person at the door waits for no disk.
    this.#result({ scan, decision, party, code, earlier });
    const remember = welcome && code ? (own ?? welcomedOnline({ scan_id: scan, session: id, code, at })) : undefined;
    const line: Result = { id: scan, at, session: id, title, decision, shown: welcome ? 'welcome' : 'refused', party, sent };
    await Promise.all([this.#scanner.remember(remember), this.#scanner.record(line)]);
  }

  #result(shown: Omit<Shown, 'turn'>): void {
    this.#show({ kind: 'result', result: { ...shown, turn: ++this.#turn } });
  }

  /** This scanner's own scan of a card at this door, while its party can still be corrected. */
  #earlier(code: string, at: number): string | undefined {
    const card = cardOf(code);
    const mine = this.#scanner.welcomed.filter((w) => w.session === this.place.id && `card ${w.cti}` === card);
    const last = mine[mine.length - 1];
    return last && at - last.at < CHANGEABLE ? last.scan_id : undefined;
  }

  /** Opens an earlier result again, to correct its party or to undo it. */
  reopen({ id, decision, party }: Result): void {
    this.#result({ scan: id, decision, party, silent: true });
  }

  /** Adds people to whom was let in a moment ago. */
  addPeople(scan: string): void {
    const earlier = this.#scanner.standing.results.find((r) => r.id === scan);
    if (earlier) this.reopen(earlier);
  }

  /** Takes the question's answer: those whom the card covers are welcome. */
  async welcomeThose({ scan, code, decision, party, question }: Shown): Promise<void> {
    const { welcome, group } = question ?? decision;
    const fewer: Party = group ? { ...party, children: 0, group: welcome } : { ...party, children: welcome };
    if (question) return this.correct(scan, fewer);
    if (code) await this.#oneAtATime(() => this.#decide(code, fewer));
  }

  /** Corrects who came in. The screen changes at once; what cannot be is taken back with the reason. */
  correct(scan: string, party: Party): Promise<void> {
    this.#change(scan, { party, question: undefined, problem: undefined });
    this.#corrections = this.#corrections.then(() => this.#correct(scan, party)).catch(() => undefined);
    return this.#corrections;
  }

  async #correct(scan: string, party: Party): Promise<void> {
    const became = await correctParty(this.#scanner, scan, party);
    if (became) this.#change(scan, became);
  }

  /** Takes an admission back; the same card may come in again when it has left the camera's sight. */
  async undo({ scan, code }: Shown): Promise<void> {
    const problem = await takeBack(this.#scanner, scan, code);
    if (problem) return this.#change(scan, { problem });
    const known = this.#scanner.standing.results.find((r) => r.id === scan);
    if (known) this.#result({ scan, decision: { ...known.decision, decision: 'undone' }, party: known.party, silent: true });
  }

  #change(scan: string, change: Partial<Shown>): void {
    if (this.#showing.kind !== 'result' || this.#showing.result.scan !== scan) return;
    this.#show({ kind: 'result', result: { ...this.#showing.result, ...change } });
  }

  /** Asks about a number that was typed. It is judged by the server alone, and kept nowhere here. */
  async typed(text: string): Promise<TypedAnswer> {
    if (this.#typed?.text !== text) this.#typed = { text, scan: api.randomId() }; // once more after a lost answer is the same scan
    const answer = await api.scan(this.#scanner.ask, { scan_id: this.#typed.scan, session: this.place.id, typed: text });
    if (!answer.ok) return answer.problem;
    this.#typed = undefined;
    if (answer.value.reason === 'not_a_pass') return 'unknown';
    await this.#shown(undefined, answer.value, true);
    return 'shown';
  }

  /** How old the list is, for the words beside a decision. */
  get list(): ListState {
    const { bundle } = this.#scanner.standing;
    const now = this.#world.now();
    return { days: bundle && Math.floor((now / 1000 - bundle.issued) / 86400), useless: uselessness(bundle, now) };
  }
}

/** For measuring: the latest reading, and in `Result` the latest answer on the screen. */
export function mark(name: 'scan:read' | 'scan:shown'): void {
  performance.clearMarks(name);
  performance.mark(name);
}

/** What was decided here, and what is to be remembered of it. */
interface Here {
  readonly decision: Decision;
  readonly remember: Welcomed | undefined;
}

const iso = (at: number): string => new Date(at).toISOString();
