import axe from 'axe-core';
import type { Page } from 'playwright-core';

// What can be found out about a screen without eyes: faults that axe knows, words that break, targets that are too small, what scrolls
// sideways, and where the keys lead. Nothing is added to the page that its content security policy would have to allow.

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules that colours can break: all that can differ between light and dark. */
export const OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/** The faults that axe finds, each in a line; of all rules, or of some. A screen with anything to press must have had the size of its targets looked at. */
export async function faults(page: Page, only?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate(
    async ({ tags, rules }) => {
      const { axe: here } = globalThis as unknown as { axe: typeof import('axe-core') };
      const told = await here.run(document, { runOnly: rules ?? tags, resultTypes: ['violations'], elementRef: false });
      const ran = [...told.passes, ...told.violations, ...told.incomplete].some((rule) => rule.id === 'target-size');
      const lines = told.violations.flatMap((v) =>
        v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`),
      );
      return { ran, lines };
    },
    { tags: TAGS, rules: only as string[] | undefined },
  );
  return only || found.ran ? found.lines : [...found.lines, 'target-size did not run'];
}

/** How far the page scrolls sideways, in pixels. */
export const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return Math.max(0, scrollWidth - clientWidth);
  });

/** Words that stand on two lines although they have no place to break. */
export const brokenWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const broken: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const at = node.parentElement;
      if (!at?.checkVisibility() || at.closest('.visually-hidden, select, script, noscript, code')) continue;
      for (const word of (node.textContent ?? '').matchAll(/[^\s\u00ad\u200b/-]{2,}/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].filter((r) => r.width > 0).map((r) => Math.round(r.top)));
        if (lines.size > 1) broken.push(word[0]);
      }
    }
    return broken;
  });

/** What can be pressed and is smaller than so many points a side; links inside sentences do not count (WCAG 2.5.8). */
export const smallTargets = (page: Page, least: number): Promise<string[]> =>
  page.evaluate((side) => {
    const small: string[] = [];
    for (const at of document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [role=button]')) {
      if (!at.checkVisibility({ visibilityProperty: true }) || (at.tagName === 'A' && getComputedStyle(at).display === 'inline')) continue;
      const label = at.matches('input[type=checkbox], input[type=radio], input[type=file]') ? at.closest('label') : null;
      const { width, height } = (label ?? at).getBoundingClientRect();
      if (width > 0 && (width < side || height < side))
        small.push(`${at.textContent || at.getAttribute('aria-label') || at.id} ${width}×${height}`);
    }
    return small;
  }, least);

/** Where Tab leads, from the top of the page to its end, and what is wrong with it. */
export async function keyboardWalk(page: Page, most = 60): Promise<{ order: string[]; wrong: string[] }> {
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    scrollTo(0, 0);
    getSelection()?.removeAllRanges();
  });
  const order: string[] = [];
  const wrong: string[] = [];
  let last = -1;
  for (let n = 0; n < most; n++) {
    await page.keyboard.press('Tab');
    const on = await page.evaluate(look);
    if (!on || on.place <= last) break; // the end, or round again
    last = on.place;
    order.push(on.name);
    if (!on.outlined) wrong.push(`${on.name}: it does not show that it has the focus`);
    if (!on.seen) wrong.push(`${on.name}: something covers it`);
  }
  return { order, wrong };
}

/** What has the focus, looked at inside the page. */
function look(): { place: number; name: string; outlined: boolean; seen: boolean } | undefined {
  const at = document.activeElement as HTMLElement | null;
  if (!at || at === document.body) return undefined;
  const places = [...document.querySelectorAll('*')];
  const shown = at.matches('input[type=radio]') ? (at.nextElementSibling ?? at) : at;
  const whole = at.closest('label') ?? at;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width / 2, 8), box.top + Math.min(box.height / 2, 8)];
  const top = document.elementFromPoint(x, y);
  return {
    place: places.indexOf(at),
    name: (at.getAttribute('aria-label') ?? (at.textContent || at.closest('label')?.textContent || at.id)).trim().slice(0, 60),
    outlined: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
    seen: !!top && (whole.contains(top) || top.contains(whole)),
  };
}

/** Words at twice their size, as somebody with poor eyes has them. */
export const largeText = (page: Page): Promise<void> =>
  page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });

/** The spacing that WCAG 1.4.12 lets people choose. */
export const spacedText = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }',
    );
    document.adoptedStyleSheets.push(sheet);
  });
