// A computer that nobody touches shows nothing after a while, though it may never ask the server: the session ends there by itself, and here.

import { useEffect } from 'preact/hooks';
import { current, leave } from '../work.ts';

/** As long as the server lets a session rest. */
const IDLE = 4 * 3600_000;
const LOOK = 30_000;

/** Forgets the session in this page when it has ended, or nobody has touched the page for as long as a session may rest. */
export function useIdleEnd(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    let touched = Date.now();
    const touch = () => {
      touched = Date.now();
    };
    const look = () => {
      const session = current();
      if (session && hasEnded(Date.now(), touched, Date.parse(session.ends))) leave('over');
    };
    const timer = setInterval(look, LOOK);
    addEventListener('pointerdown', touch);
    addEventListener('keydown', touch);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      removeEventListener('pointerdown', touch);
      removeEventListener('keydown', touch);
      document.removeEventListener('visibilitychange', look);
    };
  }, [on]);
}

/** Whether a session has ended by the computer's own clock. */
export const hasEnded = (now: number, touched: number, ends: number): boolean => now >= ends || now - touched >= IDLE;
