// Screens that come in files of their own: Today is there at once, and what scans is fetched while somebody looks at it.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { NO_NETWORK } from '../shared/api.ts';
import { Failure, Skeleton } from '../shared/ui/ui.tsx';

export interface LazyScreen<P> {
  Screen: ComponentType<P>;
  /** Fetches it ahead. */
  prepare: () => void;
}

export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): LazyScreen<P> {
  let loaded: ComponentType<P> | undefined;
  const fetch = () => load().then((m) => (loaded = m.default));
  function Screen(props: P) {
    const [failed, setFailed] = useState(false);
    const [, draw] = useState(0);
    const start = () => {
      setFailed(false);
      fetch().then(
        () => draw((n) => n + 1),
        () => setFailed(true),
      );
    };
    useEffect(() => {
      if (!loaded) start();
    }, []);
    if (failed) return <Failure problem={{ status: 0, code: NO_NETWORK }} retry={start} />;
    const Loaded = loaded;
    return Loaded ? <Loaded {...props} /> : <Skeleton />;
  }
  return { Screen, prepare: () => void fetch().catch(() => undefined) };
}
