import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../types.ts';
import { Failure, Message, problemWords } from '../ui/ui.tsx';
import { tellCount } from './words.ts';

/** How many seconds are left of the wait that a problem asks for; 0 when there is none. */
export function useWait(problem: Problem | undefined): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const until = performance.now() + (problem?.retryAfter ?? 0) * 1000;
    const look = () => setLeft(Math.max(0, Math.ceil((until - performance.now()) / 1000)));
    look();
    if (!problem?.retryAfter) return;
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [problem]);
  return left;
}

/** A problem, and how long it asks to wait. The seconds that pass are not read out: the sentence said how many there are. */
export function WaitFailure({ problem, left }: { problem: Problem | undefined; left: number }) {
  if (!problem) return null;
  if (!problem.retryAfter) return <Failure problem={problem} />;
  return (
    <Message kind="warn">
      <p role="alert">{problemWords(problem)}</p>
      {left > 0 && <p>{tellCount('in_wait', left)}</p>}
    </Message>
  );
}
