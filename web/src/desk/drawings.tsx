// What to tap next, drawn: older people stop most often where something new appears on the screen and nobody told them. Black lines, for the
// worst printer. The words beside say the same, so readers skip them.

import type { ComponentChildren } from 'preact';

const Drawing = ({ children }: { children: ComponentChildren }) => (
  <svg class="desk-drawing" viewBox="20 2 56 92" aria-hidden="true">
    {children}
  </svg>
);

/** A telephone, upright. */
const PHONE = 'M30 4h36a6 6 0 016 6v76a6 6 0 01-6 6H30a6 6 0 01-6-6V10a6 6 0 016-6z';
/** The picture of a code, small. */
const CODE = 'M38 28h8v8h-8zM50 28h8v8h-8zM38 40h8v8h-8zM51 41h2v2h-2zM55 45h3v3h-3zM51 46h2v2h-2z';
/** A hand that points up at what to tap. */
const hand = (x: number, y: number): string =>
  `M${x} ${y}v14l-5-3c-2 0-3 2-2 4l7 10h12l3-9v-9c0-2-3-3-4-1-1-3-4-3-4-1-1-2-3-2-3-1v-4c0-3-4-3-4 0z`;

/** The camera looks at the code. */
export const Camera = () => (
  <Drawing>
    <path d={PHONE} />
    <path class="thin" d="M34 24v-4h6M62 24v-4h-6M34 52v4h6M62 52v4h-6" />
    <path class="full" d={CODE} />
    <path d="M48 72a6 6 0 100 12 6 6 0 000-12z" />
  </Drawing>
);

/** A link appears under the code: tap it. */
export const LinkAppears = () => (
  <Drawing>
    <path d={PHONE} />
    <path class="full" d={CODE} />
    <path d="M31 55h34a3 3 0 013 3v6a3 3 0 01-3 3H31a3 3 0 01-3-3v-6a3 3 0 013-3z" />
    <path class="thin" d="M33 61h18" />
    <path class="filled" d={hand(56, 60)} />
  </Drawing>
);

/** The share button, and the row with a plus. */
export const AddToHome = () => (
  <Drawing>
    <path d={PHONE} />
    <path d="M42 22h-4v18h20V22h-4M48 32V14M43 19l5-5 5 5" />
    <path class="thin" d="M30 50h36v12H30zM34 56h16" />
    <path d="M56 53h7v6h-7zM59.5 54v4M57.5 56h4" class="thin" />
    <path class="filled" d={hand(58, 58)} />
  </Drawing>
);

/** The icon among the others. */
export const HomeIcon = () => (
  <Drawing>
    <path d={PHONE} />
    <path
      class="thin"
      d="M32 16h8v8h-8zM44 16h8v8h-8zM56 16h8v8h-8zM32 30h8v8h-8zM56 30h8v8h-8zM32 44h8v8h-8zM44 44h8v8h-8zM56 44h8v8h-8z"
    />
    <path class="full" d="M43 29h10v10H43z" />
    <path class="filled" d={hand(46, 36)} />
  </Drawing>
);

/** A field with digits, and the keys. */
export const TypeDigits = () => (
  <Drawing>
    <path d={PHONE} />
    <path d="M30 16h36v12H30z" />
    <path class="thin" d="M34 22h3M40 22h3M46 22h3M52 22h3" />
    <path
      class="thin"
      d="M32 38h8v7h-8zM44 38h8v7h-8zM56 38h8v7h-8zM32 49h8v7h-8zM44 49h8v7h-8zM56 49h8v7h-8zM32 60h8v7h-8zM44 60h8v7h-8zM56 60h8v7h-8zM44 71h8v7h-8z"
    />
  </Drawing>
);

/** The card shows its code. */
export const CardShows = () => (
  <Drawing>
    <path d={PHONE} />
    <path class="full" d={CODE} />
    <path class="thin" d="M33 58h30M33 64h22" />
    <path d="M48 70a7 7 0 100 14 7 7 0 000-14zM44.5 77l2.5 2.5 4.5-5" />
  </Drawing>
);
