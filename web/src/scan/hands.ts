// Hears a hand scanner that types, on any screen that scans.

import { useEffect, useRef } from 'preact/hooks';
import { PAUSE, type Typed, Wedge } from './wedge.ts';

/** Fields in which a person writes; a scanner types beside them. */
const WRITES = 'textarea, [contenteditable], input:not([type="radio"], [type="checkbox"], [type="button"], [type="submit"])';

/** Keys that were pressed in time may come late to a page that is busy, so their end is waited for a little longer. */
const GRACE = 60;

/** Tells of each code that is typed while no field has the focus; `byEnter` says whether it ended in Enter or Tab. */
export function useHandScanner(heard: (typed: Typed, byEnter: boolean) => void): void {
  const tell = useRef(heard);
  tell.current = heard;
  useEffect(() => {
    const wedge = new Wedge();
    let timer: ReturnType<typeof setTimeout>;
    const end = () => {
      const typed = wedge.end();
      if (typed) tell.current(typed, false);
    };
    // Whether a whole code is there is asked once, at the pause: with every key it would be too much for a slow computer.
    const rest = () => {
      const more = wedge.patience - PAUSE;
      if (more > 0) timer = setTimeout(end, more);
      else end();
    };
    const down = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
      if (e.target instanceof Element && e.target.matches(WRITES)) return;
      const at = e.timeStamp;
      // Between two keys of a code nothing else is meant: its space and its Enter must press no button.
      if (wedge.typing(at)) {
        e.preventDefault();
        e.stopPropagation();
      }
      const typed = wedge.press({ key: e.key, code: e.code, shiftKey: e.shiftKey, at });
      clearTimeout(timer);
      if (typed) tell.current(typed, true);
      else timer = setTimeout(rest, PAUSE + GRACE);
    };
    const up = (e: KeyboardEvent) => {
      if (e.key === ' ' && wedge.typing(e.timeStamp)) e.preventDefault();
    };
    addEventListener('keydown', down, true);
    addEventListener('keyup', up, true);
    return () => {
      clearTimeout(timer);
      removeEventListener('keydown', down, true);
      removeEventListener('keyup', up, true);
    };
  }, []);
}
