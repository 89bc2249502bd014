import assert from 'node:assert/strict';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { type Journey, journey } from './harness.ts';
import { PHONE } from './real.ts';
import { type Look, pastDesk, pastHolder, pastManager, pastScanner, speak } from './screens.ts';
import { brokenWords, largeText, plainText, sideways, smallTargets, spacedText } from './seeing.ts';

const SMALL = { ...PHONE, viewport: { width: 320, height: 568 }, reducedMotion: 'reduce' as const };
const LONG = 240_000;

/** Fingers of stewards and holders, in the dark and in gloves. */
const FINGER = 44;

async function fits(j: Journey, walk: (j: Journey, look: Look, on: BrowserContextOptions) => Promise<void>, finger: number): Promise<void> {
  const wrong: string[] = [];
  await walk(
    j,
    async (name, page) => {
      const say = async (what: string) => {
        wrong.push(`${name}: ${what}`);
        await j.picture(page, `${name} ${what.slice(0, 2)}`);
      };
      for (const target of await smallTargets(page, finger)) await say(`too small: ${target}`);
      await spacedText(page);
      if (await sideways(page)) await say('it scrolls sideways with spaced text');
      await plainText(page);
      for (const language of ['fi', 'sv', 'en'] as const) {
        await speak(page, language);
        if (await sideways(page)) await say(`${language}: it scrolls sideways`);
        await largeText(page);
        const over = await sideways(page);
        if (over) await say(`${language}: it scrolls ${over} sideways with large text`);
        for (const word of await brokenWords(page)) await say(`${language}: ${word} breaks with large text`);
        if (name.startsWith('pass') && !(await codeIsWhole(page))) await say(`${language}: the code is not whole on the first screen`);
        await plainText(page);
      }
    },
    SMALL,
  );
  assert.deepEqual(wrong, []);
}

/** Whether the whole code is seen without scrolling. */
const codeIsWhole = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    scrollTo(0, 0);
    const box = document.querySelector('canvas[data-code]')?.getBoundingClientRect();
    const tabs = document.querySelector('.tabs')?.getBoundingClientRect().top ?? innerHeight;
    return !!box && box.top >= 0 && box.bottom <= Math.min(innerHeight, tabs) && box.left >= 0 && box.right <= innerWidth;
  });

journey('a holder’s screens fit a phone of 320 points with text of twice the size', (j) => fits(j, pastHolder, FINGER), LONG);
journey('a scanner’s screens fit a phone of 320 points with text of twice the size', (j) => fits(j, pastScanner, FINGER), LONG);
journey('a worker’s screens fit a phone of 320 points with text of twice the size', (j) => fits(j, pastDesk, 24), LONG);
journey('a manager’s screens fit a phone of 320 points with text of twice the size', (j) => fits(j, pastManager, 24), LONG);
