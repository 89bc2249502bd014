// The door: the camera stays on, and the next code replaces what is shown.

import { useEffect, useRef, useState } from 'preact/hooks';
import { clock } from '../../shared/clock.ts';
import { go } from '../../shared/route.ts';
import type { Party } from '../../shared/types.ts';
import { Icon } from '../../shared/ui/icons.tsx';
import { Button, Failure, Header, Link, Screen } from '../../shared/ui/ui.tsx';
import { helsinkiDay, textOf, timeAt } from '../../shared/words.ts';
import { changeable } from '../corrections.ts';
import { Door, type Shown } from '../door.ts';
import { useHandScanner } from '../hands.ts';
import type { Result as Kept } from '../kept.ts';
import { holdOf, lookOf, soundOf } from '../look.ts';
import { aroundOf, heads, isGroup, people, sentence } from '../say.ts';
import { scanner } from '../scanner.ts';
import { play, shake, unlockSound } from '../sound.ts';
import { admittedOf, chosenOf, type Place, placesOf } from '../today.ts';
import { useStanding } from '../use.ts';
import { whichCode } from '../wedge.ts';
import { count, t } from '../words.ts';
import Camera from './camera.tsx';
import { Result } from './result.tsx';
import Typing from './typing.tsx';

export default function DoorScreen() {
  const { today, bundle, choice } = useStanding();
  const now = clock.now();
  const places = placesOf(today, bundle, now, helsinkiDay);
  const found = chosenOf(choice, places, helsinkiDay(now));
  // What was chosen stays while the screen is open, though its door may close meanwhile: the answer then says so.
  const place = useRef<Place | undefined>(found);
  place.current = found ?? place.current;
  useEffect(() => {
    if (!place.current) go('/scan', { replace: true });
  }, []);
  return place.current ? <AtDoor key={place.current.id} place={place.current} places={places} /> : null;
}

const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

function AtDoor({ place, places }: { place: Place; places: readonly Place[] }) {
  const standing = useStanding();
  const { settings, results, today } = standing;
  const [, draw] = useState(0);
  const [door] = useState(() => new Door(place, scanner, { now: () => clock.now(), sleep }, () => draw((n) => n + 1)));
  const [typing, setTyping] = useState(false);
  const [groupFrom, setGroupFrom] = useState<number>();
  const { showing } = door;
  const shown = showing.kind === 'result' ? showing.result : undefined;
  useLeave(shown, settings.keepShowing, () => door.next());
  useAwake();
  useSounds(door, settings.sound);
  const seen = (text: string) => void door.seen(text);
  useEscape(shown !== undefined, () => door.next());
  useHandScanner((typed) => seen(whichCode(typed).text));
  useFocus(shown?.turn, typing);

  const here = results.filter((r) => r.session === place.id && helsinkiDay(r.at) === helsinkiDay(clock.now()));
  const came = admittedOf(place, results, today?.at, helsinkiDay(clock.now()), helsinkiDay);
  const title = textOf(place.title);
  return (
    <>
      <div class="scan-under" inert={shown !== undefined}>
        <Header />
        <Screen title={title.text} headless>
          <div class="scan-door">
            <div class="scan-bar">
              <Link to="/scan" class="icon-button">
                <Icon name="back" />
                <span class="visually-hidden">{t('back')}</span>
              </Link>
              <p class="scan-bar-title" lang={title.lang}>
                {title.text}
              </p>
              <p class="scan-bar-count">{t('came_so_far', { n: came })}</p>
            </div>
            <Contact />
            {groupFrom !== undefined && (
              <output class="scan-group">{t('group_total', { n: total(here.filter((r) => r.at >= groupFrom)) })}</output>
            )}
            <Camera onText={seen}>
              <Button icon="keyboard" onClick={() => setTyping(true)}>
                {t('type_code')}
              </Button>
              <Button
                icon="people"
                aria-pressed={groupFrom !== undefined}
                onClick={() => setGroupFrom(groupFrom === undefined ? clock.now() : undefined)}
              >
                {t('group')}
              </Button>
            </Camera>
            {showing.kind === 'trouble' && <Failure problem={showing.problem} />}
            {here[0] && <Last result={here[0]} door={door} />}
          </div>
        </Screen>
      </div>
      {showing.kind === 'checking' && <Checking />}
      {shown && (
        <Answer
          shown={shown}
          door={door}
          place={place}
          places={places}
          came={came}
          groupTotal={groupFrom === undefined ? undefined : total(here.filter((r) => r.at >= groupFrom))}
          type={() => setTyping(true)}
        />
      )}
      <Typing door={door} open={typing} onClose={() => setTyping(false)} />
    </>
  );
}

/** The people of results that came in. */
const total = (results: readonly Kept[]): number =>
  results.filter((r) => r.decision.decision === 'admitted' && !r.undone).reduce((sum, r) => sum + heads(r.party), 0);

function Answer(p: {
  shown: Shown;
  door: Door;
  place: Place;
  places: readonly Place[];
  came: number;
  groupTotal: number | undefined;
  type: () => void;
}) {
  const { shown, door } = p;
  const { results, unsent } = useStanding();
  const other = p.places.find((o) => o.id === shown.decision.other?.session);
  const around = aroundOf(clock.now(), door.list, p.place.kind === 'standing', other && { title: other.title, start: other.start });
  const known = results.find((r) => r.id === shown.scan);
  const canChange = known !== undefined && changeable(known, clock.now());
  const { earlier } = shown;
  const foot =
    p.groupTotal !== undefined
      ? t('group_total', { n: p.groupTotal })
      : unsent > 0
        ? count('unsent', unsent)
        : t('came_so_far', { n: p.came });
  return (
    <Result
      shown={shown}
      look={lookOf(shown.decision, around)}
      foot={foot}
      actions={{
        next: () => door.next(),
        correct: (party: Party) => void door.correct(shown.scan, party),
        undo: canChange ? () => void door.undo(shown) : undefined,
        addPeople: earlier ? () => door.addPeople(earlier) : undefined,
        welcomeThose: shown.question || shown.code ? () => void door.welcomeThose(shown) : undefined,
        type: p.type,
      }}
    />
  );
}

const Checking = () => (
  <div class="scan-checking">
    <p>{t('checking')}</p>
  </div>
);

/** Without a network it works all the same; what waits is always in sight. */
function Contact() {
  const { online, unsent } = useStanding();
  if (online && unsent === 0) return null;
  return (
    <p class="scan-contact">
      {!online && (
        <span>
          <Icon name="offline" /> {t('offline')}
        </span>
      )}
      {unsent > 0 && <span>{count('unsent', unsent)}</span>}
    </p>
  );
}

/** The last result, to look at again, and to correct. */
function Last({ result, door }: { result: Kept; door: Door }) {
  const { decision, at, party, undone } = result;
  const look = lookOf(undone ? { ...decision, decision: 'undone' } : decision, aroundOf(clock.now(), door.list, false, undefined));
  const said = `${sentence(look.word)} · ${timeAt(at)}`;
  const who = decision.decision === 'admitted' && !undone ? people(party, isGroup(decision)) : '';
  const inside = (
    <>
      <span class={`scan-dot ${look.face}`} aria-hidden="true" />
      <span>
        <span class="visually-hidden">{t('last_result')}: </span>
        {said}
        {who && <small>{who}</small>}
      </span>
    </>
  );
  if (!changeable(result, clock.now())) return <p class="scan-last">{inside}</p>;
  return (
    <button type="button" class="scan-last" onClick={() => door.reopen(result)}>
      {inside}
    </button>
  );
}

/** Lets a result go by itself at a door. A touch or a key keeps it: somebody is at work on it. */
function useLeave(shown: Shown | undefined, keepShowing: boolean, leave: () => void): void {
  useEffect(() => {
    const wait = shown && !keepShowing && !shown.silent ? holdOf(shown.decision) : undefined;
    if (wait === undefined) return undefined;
    const timer = setTimeout(leave, wait);
    const stay = () => clearTimeout(timer);
    addEventListener('pointerdown', stay);
    addEventListener('keydown', stay);
    return () => {
      stay();
      removeEventListener('pointerdown', stay);
      removeEventListener('keydown', stay);
    };
  }, [shown?.turn, keepShowing]);
}

/**
 * Gives the focus to a new result, and to the door when there is none any more. While a number is typed nothing under the dialog can have it,
 * so it is given when the dialog is closed; one that was closed without a result gives it back to its button by itself.
 */
function useFocus(turn: number | undefined, typing: boolean): void {
  const given = useRef<number | 'nothing' | undefined>(undefined);
  useEffect(() => {
    const now = turn ?? 'nothing';
    if (typing || given.current === now) return;
    given.current = now;
    document.querySelector<HTMLElement>(turn === undefined ? 'main h1' : '.scan-says h2')?.focus({ preventScroll: true });
  }, [turn, typing]);
}

/** Escape is the way back for whoever has no finger free for the screen. */
function useEscape(on: boolean, back: () => void): void {
  useEffect(() => {
    if (!on) return undefined;
    const key = (e: KeyboardEvent) => {
      if (e.key === 'Escape' && !document.querySelector('dialog[open]')) back();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, [on]);
}

/** How soon an answer has to be there to need no sound of its own for the reading, in milliseconds. */
const SOON = 150;

/** One sound for each result; a short one for the reading when the answer takes its time. */
function useSounds(door: Door, on: boolean): void {
  const { showing } = door;
  const checking = showing.kind === 'checking';
  const shown = showing.kind === 'result' ? showing.result : undefined;
  useEffect(() => {
    // Opened again without a tap on Scan, the first touch of this screen lets sounds be made; and after a phone call the next one does.
    addEventListener('pointerdown', unlockSound);
    return () => removeEventListener('pointerdown', unlockSound);
  }, []);
  useEffect(() => {
    if (!checking || !on) return undefined;
    const timer = setTimeout(() => play('read'), SOON);
    return () => clearTimeout(timer);
  }, [checking]);
  useEffect(() => {
    if (!shown || shown.silent) return;
    const sound = soundOf(lookOf(shown.decision, aroundOf(clock.now(), door.list, false, undefined)).face);
    if (on) play(sound);
    else shake(sound);
  }, [shown?.turn]);
}

/** Keeps the screen lit while somebody scans. Where it cannot be, the screen darkens as it always does. */
function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    const ask = () => {
      if (document.visibilityState !== 'visible') return;
      navigator.wakeLock?.request('screen').then(
        (given) => (lock = given),
        () => undefined,
      );
    };
    ask();
    document.addEventListener('visibilitychange', ask);
    return () => {
      document.removeEventListener('visibilitychange', ask);
      void lock?.release();
    };
  }, []);
}
