// Whether the server can be reached, for screens to say.

import { useEffect, useState } from 'preact/hooks';
import { online, onReach } from './contact.ts';

export function useOnline(): boolean {
  const [now, set] = useState(online);
  useEffect(() => {
    const look = () => set(online());
    look();
    return onReach(look) as () => void;
  }, []);
  return now;
}
