// What the stage and its frames say to each other. Each stands on an origin of its own, so that this is all they know of each other.

import type { Decision, Reason } from '../../../../web/src/shared/types.ts';

export type Part = 'worker' | 'holder' | 'venue';
export const PARTS: readonly Part[] = ['worker', 'holder', 'venue'];

export type Language = 'fi' | 'sv' | 'en';

/** What a frame tells. */
export type Said =
  /** A page of the app has begun in it. */
  | { kind: 'here'; online: boolean }
  | { kind: 'issued'; pass: string }
  | { kind: 'activated'; pass: string }
  /** The worker stopped the card, or the phone that carries it. */
  | { kind: 'stopped'; pass: string }
  /** The worker lets the card be used again. */
  | { kind: 'resumed'; pass: string }
  /** Whether the holder's phone shows a code now. */
  | { kind: 'code'; shown: boolean }
  /** The pixels of the code, and when they were taken. */
  | { kind: 'picture'; image: ImageBitmap; at: number }
  | { kind: 'camera'; on: boolean }
  /** What the door decided; told again when the server has it, or says otherwise. */
  | Result
  /** What the server told the door, word for word. */
  | { kind: 'answer'; path: string; body: unknown }
  /** It could not be let in. */
  | { kind: 'failed'; why: string };

export interface Result {
  kind: 'result';
  id: string;
  decision: Decision['decision'];
  reason?: Reason | undefined;
  /** Decided without the network. */
  offline: boolean;
  /** Whether the server has it. */
  sent: boolean;
  conflict: boolean;
}

/** What a frame is told. */
export type Told =
  | { kind: 'network'; on: boolean }
  /** Open the card again: it then shows a new code. */
  | { kind: 'open' }
  /** Take the pixels of the code. */
  | { kind: 'look' }
  /** Hold these before the camera. */
  | { kind: 'hold'; image: ImageBitmap }
  | { kind: 'away' }
  | { kind: 'language'; language: Language };

/** The element that loaded a script of the stage says what the frame plays, and the port of the stage. */
export interface Played {
  part: Part;
  stage: string;
}

export function played(script: HTMLOrSVGScriptElement | null): Played | undefined {
  const data = script instanceof HTMLScriptElement ? script.dataset : {};
  const part = PARTS.find((p) => p === data.part);
  return part && data.stage ? { part, stage: originAt(data.stage) } : undefined;
}

/** The same computer under the same name, on another port. */
export const originAt = (port: string): string => `${location.protocol}//${location.hostname}:${port}`;
