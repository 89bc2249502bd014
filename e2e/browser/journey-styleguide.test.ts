import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { serveFolder } from './folder.ts';
import { launch, missing, PHONE } from './real.ts';
import { turnTo } from './screens.ts';
import { brokenWords, faults, keyboardWalk, largeText, sideways, smallTargets, spacedText } from './seeing.ts';

// The components by themselves, in every state; the screenshots are there to be looked at.

const OUT = 'web/.build/styleguide';
const skip = missing();
const options = { timeout: 60_000, ...(skip ? { skip } : {}) };
let guide: Awaited<ReturnType<typeof serveFolder>>;
let browser: Browser;

before(async () => {
  if (skip) return;
  execFileSync('go', ['run', './web/build', '-styleguide', join(OUT, 'site')], { stdio: 'inherit' });
  mkdirSync(OUT, { recursive: true });
  guide = await serveFolder(join(OUT, 'site'), 'styleguide.html');
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await guide?.end();
});

async function open(width: number, height: number): Promise<Page> {
  const context = await browser.newContext({ ...PHONE, viewport: { width, height } });
  const page = await context.newPage();
  await page.goto(`${guide.url}/styleguide`);
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  return page;
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong with any component: ${colorScheme}`, options, async () => {
    const page = await open(360, 740);
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await faults(page), []);
    await page.screenshot({ path: join(OUT, `${colorScheme}.png`), fullPage: true });
    await page.getByRole('button', { name: 'Open the dialog' }).click();
    assert.deepEqual(await faults(page), []);
    await page.screenshot({ path: join(OUT, `${colorScheme}-dialog.png`) });
    await page.context().close();
  });
}

test('every answer of a door can be read, told apart and understood', options, async () => {
  const page = await open(360, 740);
  const links = await page.locator('a[href^="/styleguide/result/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
  assert.ok(links.length > 20);
  const wrong: string[] = [];
  const said = new Map<string, string>();
  for (const path of links) {
    await turnTo(page, path);
    const answer = page.locator('section[data-face]');
    await answer.waitFor();
    const name = path.split('/').at(-1) ?? '';
    wrong.push(
      ...(await faults(page)).map((f) => `${name}: ${f}`),
      ...(await smallTargets(page, 44)).map((f) => `${name}: too small: ${f}`),
    );
    await page.screenshot({ path: join(OUT, `result-${name}.png`) });
    const text = (await answer.locator('.scan-says').textContent()) ?? '';
    for (const [other, same] of said) if (same === text) wrong.push(`${name} says the same as ${other}`);
    said.set(name, text);
  }
  assert.deepEqual(wrong, []);
  await page.context().close();
});

test('nothing scrolls sideways and no word breaks on a narrow phone with large text', options, async () => {
  const page = await open(320, 568);
  assert.equal(await sideways(page), 0);
  assert.deepEqual(await smallTargets(page, 44), []);
  await largeText(page);
  assert.equal(await sideways(page), 0);
  await page.screenshot({ path: join(OUT, 'large.png'), fullPage: true });
  await page.reload();
  await spacedText(page);
  assert.equal(await sideways(page), 0);
  await page.context().close();
});

test('keys lead through everything in the order of the page, and show where they are', options, async () => {
  const page = await open(1000, 800);
  const { order, wrong } = await keyboardWalk(page, 80);
  assert.deepEqual(wrong, []);
  assert.ok(order.length > 25, order.join(', '));
  await page.getByRole('button', { name: 'Open the dialog' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Open the dialog', 'the focus goes back');
  await page.context().close();
});

test('colours that the reader forces leave every frame, and nobody is made to see motion', options, async () => {
  const page = await open(360, 740);
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await page.screenshot({ path: join(OUT, 'forced.png'), fullPage: true });
  await page.context().close();
});

test('a word that cannot break is found when it does', options, async () => {
  const page = await open(320, 568);
  await page.evaluate(() => {
    const p = document.createElement('p');
    p.style.width = '60px';
    p.textContent = 'Välkommenallesammen';
    document.querySelector('main')?.append(p);
  });
  assert.ok((await brokenWords(page)).includes('Välkommenallesammen'));
  await page.context().close();
});
