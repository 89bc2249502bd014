// Screens that are seldom opened come in files of their own, so that the pass is there at once.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { NO_NETWORK } from '../shared/api.ts';
import { Failure, Skeleton } from '../shared/ui/ui.tsx';

interface Lazy {
  /** Nothing is drawn until it is here, and nothing if it cannot be fetched. */
  quiet?: boolean;
}

/** A component that is fetched when it is first drawn, and drawn at once after that. */
export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>, how: Lazy = {}): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [state, set] = useState<'coming' | 'here' | 'failed'>(loaded ? 'here' : 'coming');
    const fetch = () => {
      set('coming');
      load().then(
        (m) => {
          loaded = m.default;
          set('here');
        },
        () => set('failed'),
      );
    };
    useEffect(() => {
      if (!loaded) fetch();
    }, []);
    if (how.quiet && state !== 'here') return null;
    if (state === 'failed') return <Failure problem={{ status: 0, code: NO_NETWORK }} retry={fetch} />;
    const Loaded = loaded;
    return Loaded && state === 'here' ? <Loaded {...props} /> : <Skeleton />;
  };
}
