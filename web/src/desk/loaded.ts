import { useEffect, useRef, useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { keep, kept } from '../shared/db.ts';
import type { Network, PassOfWorker, Problem } from '../shared/types.ts';
import { asPerson } from '../shared/work.ts';

export interface LoadedPass {
  pass: PassOfWorker | undefined;
  problem: Problem | undefined;
  again: () => Promise<void>;
  /** Takes up what an action answered. */
  put: (pass: PassOfWorker) => void;
}

/** A card, and again while `watch` says so: somebody may be activating it this moment. */
export function usePass(id: string, watch?: (pass: PassOfWorker) => boolean): LoadedPass {
  const [pass, put] = useState<PassOfWorker>();
  const [problem, setProblem] = useState<Problem>();
  const latest = useRef(pass);
  latest.current = pass;

  async function again(): Promise<void> {
    const before = latest.current;
    const answer = await api.readPass(asPerson, id);
    if (latest.current !== before) return; // an action answered meanwhile: what it said is newer
    if (answer.ok) put(answer.value);
    setProblem(answer.ok ? undefined : answer.problem);
  }
  useEffect(() => void again(), [id]);
  useWatch(() => {
    if (latest.current && watch?.(latest.current)) void again();
  });
  return { pass, problem, again, put };
}

const EVERY = 3000;
/** Nobody watches for longer without touching anything; a page that asks for ever would keep its session alive for ever. */
const PATIENCE = 20 * 60_000;

function useWatch(look: () => void): void {
  const does = useRef(look);
  does.current = look;
  useEffect(() => {
    let touched = Date.now();
    const touch = () => {
      touched = Date.now();
    };
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && Date.now() - touched < PATIENCE) does.current();
    }, EVERY);
    addEventListener('pointerdown', touch);
    addEventListener('keydown', touch);
    return () => {
      clearInterval(timer);
      removeEventListener('pointerdown', touch);
      removeEventListener('keydown', touch);
    };
  }, []);
}

const NETWORKS = 'networks';

/** The networks, as they were known before until they are read. They are the same for everybody. */
export function useNetworks(): { networks: Network[]; problem: Problem | undefined; again: () => Promise<void> } {
  const [networks, setNetworks] = useState<Network[]>([]);
  const [problem, setProblem] = useState<Problem>();
  async function again(): Promise<void> {
    const answer = await api.networks();
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    setNetworks(answer.value.networks);
    await keep(NETWORKS, answer.value.networks).catch(() => undefined);
  }
  useEffect(() => {
    void kept<Network[]>(NETWORKS)
      .then((known) => known && setNetworks((now) => (now.length > 0 ? now : known)))
      .catch(() => undefined);
    void again();
  }, []);
  return { networks, problem, again };
}
