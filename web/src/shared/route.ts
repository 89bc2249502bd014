// Paths inside a role's page, on the browser's own history: back and forward work as everywhere.

import { useEffect, useState } from 'preact/hooks';

const listeners = new Set<() => void>();
addEventListener('popstate', () => tell());

function tell(): void {
  for (const listener of listeners) listener();
}

/** Goes to another screen of the same role. */
export function go(path: string, how: { replace?: boolean } = {}): void {
  if (how.replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  scrollTo(0, 0);
  tell();
}

/** The path that is open; the component is drawn again when it changes. */
export function usePath(): string {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const listener = () => setPath(location.pathname);
    listeners.add(listener);
    listener();
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return path;
}

/** The parameter after a prefix: `after('/desk/pass/', '/desk/pass/x')` is `x`. */
export const after = (prefix: string, path: string): string | undefined =>
  path.startsWith(prefix) ? decodeURIComponent(path.slice(prefix.length)) : undefined;
