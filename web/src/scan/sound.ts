// The three sounds of results, made here: no file is loaded. They tell the answer to whoever looks at the door and not at the screen, and
// to a holder who sees no screen.

import type { Sound } from './look.ts';

interface Tone {
  readonly hertz: number;
  readonly from: number; // seconds
  readonly long: number;
}

const TONES: Readonly<Record<Sound | 'read', readonly Tone[]>> = {
  welcome: [
    { hertz: 660, from: 0, long: 0.12 },
    { hertz: 990, from: 0.13, long: 0.2 },
  ],
  look: [
    { hertz: 740, from: 0, long: 0.14 },
    { hertz: 740, from: 0.22, long: 0.14 },
  ],
  stop: [{ hertz: 220, from: 0, long: 0.6 }],
  read: [{ hertz: 1400, from: 0, long: 0.04 }],
};

const SHAKES: Readonly<Record<Sound, readonly number[]>> = { welcome: [60], look: [60, 60, 60], stop: [400] };

interface AudioSession {
  type: string;
}

let context: AudioContext | undefined;

/** Lets sounds be made: browsers want a tap first. An iPhone whose switch says silent would swallow them, unless they are playback. */
export function unlockSound(): void {
  try {
    const session = (navigator as { audioSession?: AudioSession }).audioSession;
    if (session) session.type = 'playback';
    context ??= new AudioContext();
    void wake(context);
  } catch {
    // Shape and word say it all.
  }
}

/** A phone call or another app puts sounds to sleep. Answers whether they are awake again; some browsers never say. */
const wake = (at: AudioContext): Promise<boolean> =>
  at.resume().then(
    () => true,
    () => false, // Shape and word say it all.
  );

/** A sound that comes later than this would tell of somebody who has gone by, in milliseconds. */
const LATE = 500;

function tone(at: AudioContext, { hertz, from, long }: Tone): void {
  const voice = at.createOscillator();
  const loud = at.createGain();
  const start = at.currentTime + from;
  voice.type = hertz < 300 ? 'square' : 'triangle';
  voice.frequency.value = hertz;
  // Without slopes it would click.
  loud.gain.setValueAtTime(0, start);
  loud.gain.linearRampToValueAtTime(hertz < 300 ? 0.25 : 0.5, start + 0.01);
  loud.gain.setValueAtTime(hertz < 300 ? 0.25 : 0.5, start + long - 0.02);
  loud.gain.linearRampToValueAtTime(0, start + long);
  voice.connect(loud).connect(at.destination);
  voice.start(start);
  voice.stop(start + long);
}

/** Makes a sound, and shakes the phone where it can be shaken. */
export function play(sound: Sound | 'read'): void {
  if (context) void ring(context, sound);
  if (sound !== 'read') shake(sound);
}

async function ring(at: AudioContext, sound: Sound | 'read'): Promise<void> {
  const asked = performance.now();
  if (at.state !== 'running' && !(await wake(at))) return;
  if (performance.now() - asked < LATE) for (const one of TONES[sound]) tone(at, one);
}

/** Shakes alone, where sounds are switched off. Browsers want a tap before it, and complain without one. */
export function shake(sound: Sound): void {
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.([...SHAKES[sound]]);
}
