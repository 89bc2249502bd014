// While digits wait for a worker, or an answer got lost: looks politely, on whichever screen the holder is.

import { useEffect } from 'preact/hooks';
import { lookAtDigits, type Outcome, resume } from './activation.ts';
import { goToPass } from './screens/outcome.tsx';

/** Between two looks, in milliseconds; longer after a while, and as long as the server asks for. */
const SOON = 3000;
const LATER = 6000;
const MANY = 40;

function pause(outcome: Outcome, looks: number): number {
  const wait = outcome.is === 'problem' ? (outcome.problem.retryAfter ?? 0) * 1000 : 0;
  return Math.max(wait, looks < MANY ? SOON : LATER);
}

export default function Waiting({ request }: { request: string | undefined }) {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    let looks = 0;
    const look = async (how: () => Promise<Outcome>) => {
      clearTimeout(timer);
      if (gone || document.visibilityState !== 'visible') return;
      const outcome = await how();
      // A pass that came ends the waiting, and with it this component, before the answer is here.
      if (outcome.is === 'active') return goToPass(outcome.id);
      if (request && !gone) timer = setTimeout(() => void look(lookAtDigits), pause(outcome, ++looks));
    };
    const seen = () => void look(request ? lookAtDigits : resume);
    if (request) timer = setTimeout(seen, SOON);
    else seen();
    document.addEventListener('visibilitychange', seen);
    addEventListener('online', seen);
    return () => {
      gone = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('online', seen);
    };
  }, [request]);
  return null;
}
