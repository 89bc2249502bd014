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

/**
 * Words that stand on two lines although they have no place to break: no soft hyphen, no hyphen, dash or stroke. Numbers, addresses and
 * identifiers may break anywhere.
 */
export const brokenWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const broken: string[] = [];
    const range = document.createRange();
    const topOf = (node: Node, from: number, to: number): number[] => {
      range.setStart(node, from);
      range.setEnd(node, to);
      return [...range.getClientRects()].filter((r) => r.width > 0).map((r) => Math.round(r.top));
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const at = node.parentElement;
      if (!at?.checkVisibility() || at.closest('.visually-hidden, select, script, noscript')) continue;
      if (at.closest('[lang]') !== document.documentElement) continue; // somebody else's words, in a language of their own
      for (const word of (node.textContent ?? '').matchAll(/\S{2,}/g)) {
        const letters = word[0].replace(/\u00ad/g, '');
        if (!/\p{L}{3}/u.test(letters) || /[@:.]\S|\d\p{L}/u.test(letters)) continue;
        if (new Set(topOf(node, word.index, word.index + word[0].length)).size < 2) continue;
        let line: number | undefined;
        for (let i = 0; i < word[0].length; i++) {
          const top = topOf(node, word.index + i, word.index + i + 1).at(-1); // a break's hyphen counts to the letter after it
          if (top === undefined) continue;
          if (line !== undefined && Math.abs(top - line) > 2 && !/[\u00ad\u200b/–—-]/.test(word[0].slice(Math.max(0, i - 1), i + 1))) {
            broken.push(letters);
            break;
          }
          line = top;
        }
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
export async function keyboardWalk(page: Page, most = 80): Promise<{ order: string[]; wrong: string[] }> {
  const all = await page.evaluate(() => {
    // Tab goes on from where the focus was last: from here on that is the very top.
    const top = document.createElement('span');
    top.tabIndex = -1;
    document.body.prepend(top);
    top.focus();
    top.remove();
    const groups = new Set<string>();
    return [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter((at) => {
      if (!at.checkVisibility({ visibilityProperty: true }) || at.closest('[inert], fieldset:disabled') || at.matches(':disabled'))
        return false;
      if (!(at instanceof HTMLInputElement) || at.type !== 'radio') return true;
      const known = groups.has(at.name);
      groups.add(at.name);
      return !known; // a group is one stop
    }).length;
  });
  const order: string[] = [];
  const wrong: string[] = [];
  let last = -1;
  for (let n = 0; n < most; n++) {
    await page.keyboard.press('Tab');
    const on = await page.evaluate(look);
    if (on?.place === last) continue; // a date has parts
    if (!on || on.place < last) break; // the end, or round again
    last = on.place;
    order.push(on.name);
    if (!on.outlined) wrong.push(`${on.name}: it does not show that it has the focus`);
    if (!on.seen) wrong.push(`${on.name}: something covers it`);
  }
  if (order.length < Math.min(all, most))
    wrong.push(`Tab leads to ${order.length} of ${all} in the order of the page, the last is ${order.at(-1)}`);
  return { order, wrong };
}

/** What has the focus, looked at inside the page. */
function look(): { place: number; name: string; outlined: boolean; seen: boolean } | undefined {
  const at = document.activeElement as HTMLElement | null;
  if (!at || at === document.body) return undefined;
  const places = [...document.querySelectorAll('*')];
  const hidden = at.matches('input') && getComputedStyle(at).opacity === '0'; // what stands beside it is drawn in its place
  const shown = hidden ? (at.nextElementSibling ?? at) : at;
  const whole = at.closest('label') ?? at;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const box = shown.getClientRects()[0] ?? shown.getBoundingClientRect(); // a link may stand on two lines
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
    document.adoptedStyleSheets = [sheet];
  });

/** As it was. */
export const plainText = (page: Page): Promise<void> =>
  page.evaluate(() => {
    document.documentElement.style.fontSize = '';
    document.adoptedStyleSheets = [];
  });
