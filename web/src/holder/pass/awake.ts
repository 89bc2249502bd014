// The screen stays on while a pass is shown, for as long as somebody is there.

import { useEffect } from 'preact/hooks';

/** So long after the last touch the phone may sleep again, in milliseconds. */
const UNTOUCHED = 3 * 60_000;

/** Keeps the screen on. Where that is not possible nothing happens: it is a kindness. */
export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const release = () => {
      void lock?.release().catch(() => undefined);
      lock = undefined;
    };
    const stay = async () => {
      clearTimeout(timer);
      if (document.visibilityState !== 'visible') return;
      timer = setTimeout(release, UNTOUCHED);
      if (lock && !lock.released) return;
      lock = undefined; // the browser takes it back when the page is hidden
      const got = await navigator.wakeLock?.request('screen').catch(() => undefined);
      if (gone || lock) void got?.release().catch(() => undefined);
      else lock = got;
    };
    const touched = () => void stay();
    const events = ['pointerdown', 'keydown'] as const;
    for (const e of events) addEventListener(e, touched);
    document.addEventListener('visibilitychange', touched);
    touched();
    return () => {
      gone = true;
      clearTimeout(timer);
      release();
      for (const e of events) removeEventListener(e, touched);
      document.removeEventListener('visibilitychange', touched);
    };
  }, []);
}
