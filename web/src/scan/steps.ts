// What this browser and this device want of a person before a phone can scan.

import type { Around } from '../shared/around.ts';
import type { Key } from './words.ts';

/** How a camera that was refused is allowed: the steps of this browser, and of all of them where it is none that we know. */
export function cameraSteps(userAgent: string, ios: boolean): readonly Key[] {
  if (/Firefox|FxiOS/.test(userAgent)) return ['how_firefox'];
  if (ios) return ['how_safari'];
  if (/Chrome|EdgA|SamsungBrowser/.test(userAgent)) return ['how_chrome'];
  if (/Macintosh/.test(userAgent)) return ['how_safari'];
  return ['how_chrome', 'how_safari', 'how_firefox'];
}

/** Why a scanner set up here would not last, and what to do first. */
export function placeSteps({ ios, installed, inside }: Around): readonly Key[] {
  if (inside) return ['enrol_inside', ios ? 'enrol_inside_safari' : 'enrol_inside_chrome'];
  return ios && !installed ? ['enrol_iphone', 'enrol_iphone_why'] : [];
}
