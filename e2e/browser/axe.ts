import assert from 'node:assert/strict';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Journey } from './harness.ts';
import { type Look, speak } from './screens.ts';
import { faults, OF_COLOUR, smallTargets } from './seeing.ts';

const LANGUAGES = ['fi', 'sv', 'en'] as const; // English last: that is what the walk goes on in

type Walk = (j: Journey, look: Look, on: BrowserContextOptions) => Promise<void>;

/** So high that nothing has to be scrolled: what lies under the tabs for a moment is no fault. */
const HIGH = 4000;

/**
 * Looks at every screen of a walk in three languages and both themes. Colours are all that differs between themes, so in the dark only they
 * are looked at again.
 */
export async function nothingWrong(j: Journey, walk: Walk, on: BrowserContextOptions): Promise<void> {
  const wrong: string[] = [];
  let screens = 0;
  await walk(
    j,
    async (name, page) => {
      screens++;
      for (const language of LANGUAGES) {
        await speak(page, language);
        for (const f of [...(await faults(page)), ...(await unsaid(page))]) wrong.push(`${name}, ${language}: ${f}`);
        await page.emulateMedia({ colorScheme: 'dark' });
        wrong.push(...(await faults(page, OF_COLOUR)).map((f) => `${name}, ${language}, dark: ${f}`));
        await page.emulateMedia({ colorScheme: 'light' });
      }
      wrong.push(...(await smallTargets(page, 24)).map((f) => `${name}: too small: ${f}`));
      wrong.push(...(await unnamed(page)).map((f) => `${name}: ${f}`));
    },
    { ...on, viewport: { width: on.viewport?.width ?? 360, height: HIGH }, reducedMotion: 'reduce' as const },
  );
  j.t.diagnostic(`${screens} screens, ${LANGUAGES.length} languages, 2 themes`);
  assert.deepEqual(wrong, []);
}

/** Words that are not there: a key, or a name in braces, stands in their place. */
async function unsaid(page: Page): Promise<string[]> {
  const text = (await page.locator('body').allInnerTexts()).join(' ');
  return [...text.matchAll(/\{\w+\}|\b[a-z]+_[a-z_]+\b/g)].map(([found]) => `it says ${found}`);
}

/** What every screen has: a title of its own, one first heading, and headings that skip no rank. */
function unnamed(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    const ranks = [...document.querySelectorAll('h1, h2, h3, h4')].filter((h) => h.checkVisibility()).map((h) => Number(h.tagName[1]));
    if (ranks.filter((r) => r === 1).length !== 1) wrong.push(`it has ${ranks.filter((r) => r === 1).length} first headings`);
    if (!/.+ · Kaikukortti/.test(document.title)) wrong.push(`its title is ${document.title}`);
    return wrong;
  });
}
