// Where the app runs: what a browser can keep for long depends on it. Pure but for `here`.

export interface Around {
  /** An iPhone or iPad. What is kept in the browser is not seen by the icon on the home screen, nor the other way round. */
  ios: boolean;
  /** Opened from an icon. */
  installed: boolean;
  /** A page inside another app (a chat, a social network), where keys are lost when it is closed. */
  inside: boolean;
}

const INSIDE =
  /FBA[NV]|Instagram|\bLine\/|MicroMessenger|Snapchat|TikTok|musical_ly|BytedanceWebview|LinkedInApp|Pinterest|Twitter|WhatsApp|; wv\)|GSA\//;

export interface Agent {
  userAgent: string;
  maxTouchPoints: number;
}

export function around({ userAgent, maxTouchPoints }: Agent, installed: boolean): Around {
  // An iPad says that it is a Mac, which has no touch screen.
  const ios = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  // On an iPhone every real browser says Safari; the views inside other apps do not. The icon does not either.
  const inside = !installed && (INSIDE.test(userAgent) || (ios && !/Safari\//.test(userAgent)));
  return { ios, installed, inside };
}

export function here(): Around {
  const installed = matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true;
  return around(navigator, installed);
}
