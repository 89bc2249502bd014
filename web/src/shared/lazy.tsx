// What is not needed at once comes in files of its own, so that the pass, and today's doors, are there first.

import type { ComponentType, FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { NO_NETWORK } from './api.ts';
import { Failure, Skeleton } from './ui/ui.tsx';

interface How {
  /** Nothing is drawn until it is here, and nothing if it cannot be fetched. */
  quiet?: boolean;
}

export type Lazy<P> = FunctionComponent<P> & {
  /** Fetches it ahead. */
  prepare: () => void;
};

/** A component of a file that is fetched when it is first drawn; once it is here it is drawn at once. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>, how: How = {}): Lazy<P> {
  let loaded: ComponentType<P> | undefined;
  const fetch = async () => {
    loaded ??= await load();
  };
  function Loading(props: P) {
    const [state, set] = useState<'coming' | 'here' | 'failed'>(loaded ? 'here' : 'coming');
    const start = () => {
      set('coming');
      fetch().then(
        () => set('here'),
        () => set('failed'),
      );
    };
    useEffect(() => {
      if (!loaded) start();
    }, []);
    const Loaded = loaded;
    if (Loaded && state === 'here') return <Loaded {...props} />;
    if (how.quiet) return null;
    return state === 'failed' ? <Failure problem={{ status: 0, code: NO_NETWORK }} retry={start} /> : <Skeleton />;
  }
  return Object.assign(Loading, { prepare: () => void fetch().catch(() => undefined) });
}
