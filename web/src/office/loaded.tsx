// What a screen shows of the server: read when it opens, read again when asked or every so often, and kept when the network goes.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isOffline } from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import type { Answer, Problem } from '../shared/types.ts';
import { Failure, Message, Skeleton } from '../shared/ui/ui.tsx';
import { timeAt } from '../shared/words.ts';
import { t } from './words.ts';

export interface Loaded<T> {
  value?: T;
  problem?: Problem;
  /** When the value was read. */
  at?: number;
  again: () => Promise<void>;
}

/** Asks when the screen opens and whenever one of `on` changes; with `every`, again after so many milliseconds while it can be seen. */
export function useLoaded<T>(ask: () => Promise<Answer<T>>, on: readonly unknown[] = [], every?: number): Loaded<T> {
  const [now, set] = useState<{ value?: T; problem?: Problem; at?: number }>({});
  const turn = useRef(0);
  const asking = useRef(ask);
  asking.current = ask;

  async function again(): Promise<void> {
    const mine = ++turn.current;
    const answer = await asking.current();
    if (mine !== turn.current) return; // a later question was asked, or the screen is closed
    if (answer.ok) set({ value: answer.value, at: clock.now() });
    else set((before) => ({ ...before, problem: answer.problem }));
  }

  useEffect(() => {
    set({});
    void again();
    return () => {
      turn.current++;
    };
  }, on);
  useRepeated(again, every);
  return { ...now, again };
}

/** Does something every so often while the page can be seen, and at once when it is seen again. */
export function useRepeated(does: () => Promise<void>, every: number | undefined): void {
  const what = useRef(does);
  what.current = does;
  useEffect(() => {
    if (!every) return;
    const look = () => {
      if (document.visibilityState === 'visible') void what.current();
    };
    const timer = setInterval(look, every);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [every]);
}

/** Shows what was read; before that grey rows; without a network what was read last, and when. */
export function Shown<T>({ of, rows, children }: { of: Loaded<T>; rows?: number; children: (value: T) => ComponentChildren }) {
  if (of.value === undefined)
    return of.problem ? <Failure problem={of.problem} retry={() => void of.again()} /> : <Skeleton rows={rows ?? 3} />;
  return (
    <>
      {of.problem && <Old problem={of.problem} at={of.at} again={of.again} />}
      {children(of.value)}
    </>
  );
}

function Old({ problem, at, again }: { problem: Problem; at: number | undefined; again: () => Promise<void> }) {
  if (!isOffline(problem)) return <Failure problem={problem} retry={() => void again()} />;
  return (
    <Message kind="warn" live>
      <p>
        {t('offline')} {at !== undefined && t('updated', { time: timeAt(at) })}
      </p>
    </Message>
  );
}
