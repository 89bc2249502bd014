// A hand scanner types what it reads, as a keyboard with the layout of the United States. On a computer with another layout the characters
// come out wrong; which keys were pressed does not. So both are kept, and whichever is a code is taken.

import { readCode } from '../shared/code/read.ts';

/** A key as `keydown` tells it. */
export interface Key {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly at: number;
}

/** Keys that are further apart are not one code, in milliseconds. */
export const PAUSE = 80;
/** But one of our codes that has begun is waited for longer: wireless scanners and busy computers stutter. */
const STUTTER = 500;
const BEGUN = /^KP[0-9A-Z]:/i;
/** What is shorter is somebody leaning on the keyboard. */
const LEAST = 6;

/** What was typed, by the layout of this computer and by that of the United States. */
export interface Typed {
  readonly asTyped: string;
  readonly asPressed: string;
}

/** Collects keys until Enter, Tab or a pause. */
export class Wedge {
  #asTyped = '';
  #asPressed = '';
  #last = Number.NEGATIVE_INFINITY;

  /** Whether keys are coming in so quickly that a scanner types them: these must press no button of the page. */
  typing(at: number): boolean {
    return this.#asPressed !== '' && at - this.#last <= (BEGUN.test(this.#asPressed) ? STUTTER : PAUSE);
  }

  /** How long to wait for the next key before it is the end: not at all long when a whole code is there. */
  get patience(): number {
    const typed = { asTyped: this.#asTyped, asPressed: this.#asPressed };
    return BEGUN.test(this.#asPressed) && !isCode(whichCode(typed).text) ? STUTTER : PAUSE;
  }

  /** Takes a key; at the end of a code it answers what was typed. */
  press(pressed: Key): Typed | undefined {
    if (!this.typing(pressed.at)) this.#empty();
    if (pressed.key === 'Enter' || pressed.key === 'Tab') return this.end();
    const us = usCharacter(pressed.code, pressed.shiftKey);
    if (us === undefined) return undefined; // Shift itself, and whatever types nothing
    this.#last = pressed.at;
    this.#asPressed += us;
    if (pressed.key.length === 1) this.#asTyped += pressed.key;
    return undefined;
  }

  /** The end of a code: after a pause, or at its Enter. */
  end(): Typed | undefined {
    const typed = { asTyped: this.#asTyped, asPressed: this.#asPressed };
    this.#empty();
    return typed.asPressed.length >= LEAST ? typed : undefined;
  }

  #empty(): void {
    this.#asTyped = '';
    this.#asPressed = '';
    this.#last = Number.NEGATIVE_INFINITY;
  }
}

/** Of the two readings the one that is a code; a scanner with Caps Lock on is understood too. */
export function whichCode({ asTyped, asPressed }: Typed): { text: string; layout: 'own' | 'us' } {
  const own = [asTyped, asTyped.toUpperCase()].find(isCode);
  if (own !== undefined) return { text: own, layout: 'own' };
  const us = [asPressed, asPressed.toUpperCase()].find(isCode);
  return us === undefined ? { text: asTyped, layout: 'own' } : { text: us, layout: 'us' };
}

function isCode(text: string): boolean {
  const read = readCode(text);
  return read.ok || read.refusal === 'unknown_kind';
}

const SHIFTED_DIGITS = ')!@#$%^&*(';
const PLAIN: Readonly<Record<string, string>> = {
  Space: '  ',
  Minus: '-_',
  Equal: '=+',
  BracketLeft: '[{',
  BracketRight: ']}',
  Backslash: '\\|',
  Semicolon: ';:',
  Quote: '\'"',
  Backquote: '`~',
  Comma: ',<',
  Period: '.>',
  Slash: '/?',
  NumpadAdd: '++',
  NumpadSubtract: '--',
  NumpadMultiply: '**',
  NumpadDivide: '//',
  NumpadDecimal: '..',
};

/** What a key types on a keyboard of the United States. */
export function usCharacter(code: string, shift: boolean): string | undefined {
  if (/^Key[A-Z]$/.test(code)) return shift ? code.charAt(3) : code.charAt(3).toLowerCase();
  if (/^Digit[0-9]$/.test(code)) return shift ? SHIFTED_DIGITS.charAt(Number(code.charAt(5))) : code.charAt(5);
  if (/^Numpad[0-9]$/.test(code)) return code.charAt(6);
  return PLAIN[code]?.charAt(shift ? 1 : 0);
}
