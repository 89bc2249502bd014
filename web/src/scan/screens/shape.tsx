// The four shapes, big: whoever does not see the colours sees these.

import type { Face } from '../look.ts';

const PATHS: Readonly<Record<Face, { around: string; inside: string }>> = {
  ok: { around: 'M50 4a46 46 0 100 92 46 46 0 000-92z', inside: 'M28 52l16 16 29-34' },
  amber: { around: 'M50 5L97 92H3z', inside: 'M50 36v26M50 77v1' },
  stop: { around: 'M31 4h38l27 27v38L69 96H31L4 69V31z', inside: 'M26 50h48' },
  other: { around: 'M6 6h88v88H6z', inside: 'M36 38a14 14 0 1123 11c-6 4-9 6-9 12M50 76v1' },
};

export const Shape = ({ face }: { face: Face }) => (
  <svg class="scan-shape" viewBox="0 0 100 100" aria-hidden="true">
    <path class="scan-shape-around" d={PATHS[face].around} />
    <path class="scan-shape-inside" d={PATHS[face].inside} />
  </svg>
);
