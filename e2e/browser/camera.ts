import type { BrowserContext, Locator, Page } from 'playwright-core';
import { darkness, type Grey, greyOfPNG, type Shot, shoot } from './film.ts';

// A camera that several phones can be held to, one after the other. Chromium's own film is fixed when it is launched; this one stands in
// place of getUserMedia and shows what it is given. What reads it is the app's own decoder.

const SIZE = { width: 1280, height: 720 };

/** Gives every page of a context such a camera. Before its pages are opened. */
export async function putCamera(context: BrowserContext): Promise<void> {
  await context.addInitScript(({ width, height }) => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const ink = canvas.getContext('2d');
    if (!ink) return;
    let seen = new ImageData(width, height);
    let fresh = false;
    let beat = 0;
    setInterval(() => {
      ink.putImageData(seen, 0, 0);
      if (fresh) performance.mark('film:frame'); // from here on the camera sees what is held to it
      fresh = false;
      ink.fillStyle = ++beat % 2 ? '#111' : '#222'; // a stream sends what changes
      ink.fillRect(0, 0, 2, 2);
    }, 60);
    (globalThis as unknown as { hold: (grey: string) => void }).hold = (grey) => {
      const bytes = Uint8Array.from(atob(grey), (c) => c.charCodeAt(0));
      seen = new ImageData(width, height);
      for (let i = 0; i < bytes.length; i++) seen.data.set([bytes[i] ?? 0, bytes[i] ?? 0, bytes[i] ?? 0, 255], i * 4);
      fresh = true;
    };
    if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(15);
  }, SIZE);
}

/** What a camera sees of a part of a screen. */
export async function filmed(part: Locator, shot: Shot = {}): Promise<Grey> {
  return shoot(greyOfPNG(await part.screenshot({ animations: 'allow' })), { ...SIZE, ...shot });
}

/** Holds a frame before a page's camera. */
export const hold = (page: Page, frame: Grey): Promise<void> =>
  page.evaluate(
    (grey) => (globalThis as unknown as { hold: (grey: string) => void }).hold(grey),
    Buffer.from(frame.data).toString('base64'),
  );

/** Takes it away again. */
export const takeAway = (page: Page): Promise<void> => hold(page, darkness());
