// How things stand in the frames. It is told anew after a reload, so it is not kept. Pure.

import type { Part, Said } from './messages.ts';

export interface Standing {
  online: Readonly<Record<'holder' | 'venue', boolean>>;
  /** Whether the holder's phone shows a code. */
  code: boolean;
  /** Whether the door's camera is on. */
  camera: boolean;
  /** The frames in which the app has begun. */
  here: readonly Part[];
  /** Why a frame could not be let in. */
  failed?: string | undefined;
}

export const BEFORE: Standing = { online: { holder: true, venue: true }, code: false, camera: false, here: [] };

export function heardIn(now: Standing, part: Part, said: Said): Standing {
  switch (said.kind) {
    case 'here':
      return arrived(now, part, said.online);
    case 'code':
      return { ...now, code: said.shown };
    case 'camera':
      return { ...now, camera: said.on };
    case 'failed':
      return { ...now, failed: said.why };
    default:
      return now;
  }
}

/** A page that has just begun shows no code yet, and its camera is off. */
function arrived(now: Standing, part: Part, online: boolean): Standing {
  const here = now.here.includes(part) ? now.here : [...now.here, part];
  switch (part) {
    case 'worker':
      return { ...now, here };
    case 'holder':
      return { ...now, here, code: false, online: { ...now.online, holder: online } };
    case 'venue':
      return { ...now, here, camera: false, online: { ...now.online, venue: online } };
  }
}

export function switched(now: Standing, on: boolean, parts: readonly ('holder' | 'venue')[]): Standing {
  return { ...now, online: { ...now.online, ...Object.fromEntries(parts.map((p) => [p, on])) } };
}
