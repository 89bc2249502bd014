import { useEffect, useState } from 'preact/hooks';
import { type Standing, scanner } from './scanner.ts';

/** How this phone stands as a scanner; the screen is drawn again when that changes. */
export function useStanding(): Standing {
  const [, draw] = useState(0);
  useEffect(() => scanner.onChange(() => draw((n) => n + 1)), []);
  return scanner.standing;
}
