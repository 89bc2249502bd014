// Holding something to the scanner: the live pixels of the holder's phone, or the picture that was taken of it.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Said } from './messages.ts';
import type { Wires } from './wires.ts';

export type Held = 'live' | 'old';

/** So often the pixels are taken while the phone is held up, in milliseconds. */
const AGAIN = 300;
/** So long one holds it up at most. */
const TIRED = 12_000;
/** After the door has answered, a hand needs a moment to go down. */
const DOWN = 700;
/** A door takes no notice of a card that it has just welcomed and still sees; after so long it does again. */
const REST = 5500;

export interface Holding {
  held: Held | undefined;
  hold: (what: Held) => void;
  /** When the picture that was kept was taken. */
  taken: number | undefined;
  /** What frames say goes here too. */
  hear: (said: Said) => void;
  forget: () => void;
}

/** A hand that holds something up: another one each time, though it may hold the same. */
interface Hand {
  readonly held: Held;
  answered: boolean;
}

export function useHolding(wires: Wires): Holding {
  const [hand, setHand] = useState<Hand>();
  const [taken, setTaken] = useState<number>();
  const old = useRef<ImageBitmap | undefined>(undefined);
  const now = useRef<Hand | undefined>(undefined);
  const down = useRef(0);
  now.current = hand;

  useEffect(() => {
    if (!hand) return;
    const { held } = hand;
    let again: number | undefined;
    const show = () => {
      if (held === 'old' && old.current) wires.tell('venue', { kind: 'hold', image: old.current });
      else wires.tell('holder', { kind: 'look' });
    };
    const up = setTimeout(
      () => {
        if (held === 'live') wires.tell('holder', { kind: 'open' });
        again = setInterval(show, AGAIN);
      },
      Math.max(0, down.current + REST - Date.now()),
    );
    const tired = setTimeout(() => setHand(undefined), TIRED);
    return () => {
      clearTimeout(up);
      clearInterval(again);
      clearTimeout(tired);
      down.current = Date.now();
      wires.tell('venue', { kind: 'away' });
    };
  }, [hand]);

  /** Holds something up. What is up already stays; but if the door has answered, it goes down and up again. */
  function hold(held: Held): void {
    if (now.current?.held !== held || now.current.answered) setHand({ held, answered: false });
  }

  function hear(said: Said): void {
    if (said.kind === 'result' && now.current) {
      const seen = now.current;
      seen.answered = true;
      setTimeout(() => setHand((hand) => (hand === seen ? undefined : hand)), DOWN); // what is held up meanwhile stays
    }
    if (said.kind !== 'picture') return;
    if (!old.current) {
      old.current = said.image;
      setTaken(said.at);
    }
    // Copied, not handed over: the picture is kept.
    if (now.current?.held === 'live') wires.tell('venue', { kind: 'hold', image: said.image });
    if (said.image !== old.current) said.image.close();
  }

  function forget(): void {
    old.current = undefined;
    setTaken(undefined);
    setHand(undefined);
  }

  return { held: hand?.held, hold, taken, hear, forget };
}
