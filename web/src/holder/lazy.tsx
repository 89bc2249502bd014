// Screens that are seldom opened come in files of their own, so that the pass is there at once.

import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { NO_NETWORK } from '../shared/api.ts';
import { Failure, Skeleton } from '../shared/ui/ui.tsx';

interface How {
  /** Nothing is drawn until it is here, and nothing if it cannot be fetched. */
  quiet?: boolean;
}

/** A component of a file that is fetched when it is first drawn; once it is here it is drawn at once. */
export function lazy<P extends object>(load: () => Promise<FunctionComponent<P>>, how: How = {}): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | undefined;
  return function Lazy(props: P) {
    const [state, set] = useState<'coming' | 'here' | 'failed'>(loaded ? 'here' : 'coming');
    const fetch = () => {
      set('coming');
      load().then(
        (component) => {
          loaded = component;
          set('here');
        },
        () => set('failed'),
      );
    };
    useEffect(() => {
      if (!loaded) fetch();
    }, []);
    const Loaded = loaded;
    if (Loaded && state === 'here') return <Loaded {...props} />;
    if (how.quiet) return null;
    return state === 'failed' ? <Failure problem={{ status: 0, code: NO_NETWORK }} retry={fetch} /> : <Skeleton />;
  };
}
