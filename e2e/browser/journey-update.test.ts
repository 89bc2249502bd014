import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Journey, journey } from './harness.ts';
import { exactly, keptOffline, signIn, WORKER, words } from './people.ts';
import { DESKTOP, Demo, until } from './real.ts';

/** Puts a newer version of the app in place of the one that is served: another name for the build, and a mark in the desk's pages. */
function publish(folder: string): void {
  const change = (name: string, how: (text: string) => string) => {
    const path = join(folder, name);
    writeFileSync(path, how(readFileSync(path, 'utf8')));
    for (const ending of ['.br', '.gz']) rmSync(path + ending, { force: true });
  };
  change('sw.js', (text) => text.replace(/"[0-9a-f]{16}"/, '"00000000newer000"'));
  for (const page of ['desk.html', 'desk.sv.html', 'desk.en.html'])
    change(page, (text) => text.replace('<head>', '<head><meta name="newer">'));
}

/** A worker who has begun to make a card when a newer version comes, which waits. */
async function whileTyping(j: Journey, goOn: (page: Page) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kaikukortti-app-'));
  cpSync(process.env.KAIKU_APP ?? 'web/dist', folder, { recursive: true });
  const demo = new Demo(folder);
  try {
    await demo.start();
    const page = await (await j.context({ ...DESKTOP, baseURL: demo.url })).newPage();
    await page.goto('/desk/new');
    await signIn({ demo }, page, WORKER);
    await keptOffline(page, 'desk');
    await page.reload();
    await page.getByLabel(words('Year of birth')).fill('1987');
    publish(folder);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))); // an app that is opened again looks for news
    await until('the newer version waits', () => page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null));
    await goOn(page);
  } finally {
    await demo.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

const isNewer = async (page: Page): Promise<boolean> => (await page.locator('meta[name=newer]').count()) > 0;
const offered = (page: Page) => page.getByText(words('A new version is ready.'));

journey('a newer version waits until it is wanted, and is offered where nothing is being typed', (j) =>
  whileTyping(j, async (page) => {
    assert.equal(await page.getByLabel(words('Year of birth')).inputValue(), '1987');
    assert.equal(await offered(page).count(), 0, 'a press would empty the form');
    assert.equal(await isNewer(page), false);
    await page
      .getByRole('link', { name: exactly('Cards') })
      .first()
      .click();
    await offered(page).waitFor();
    await page.getByRole('button', { name: exactly('Use it') }).click();
    await until('it is the newer one', () => isNewer(page));
    await page.getByRole('heading', { level: 1, name: exactly('Cards') }).waitFor();
    await page.context().setOffline(true);
    await page.reload();
    await until('the newer one is what is kept', () => isNewer(page));
  }),
);

/** Whether nothing waits to take over: a browser lets the version before finish what it has to do, which may last for half a minute. */
const hasTakenOver = (page: Page): Promise<boolean> =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting === null);

const beside = (j: Journey): Promise<void> =>
  whileTyping(j, async (page) => {
    const versions = (of: Page) => of.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('kaikukortti-')).length);
    const other = await page.context().newPage();
    await other.goto('/desk');
    const use = other.getByRole('button', { name: exactly('Use it') });
    let asked = false; // after a slow start it has to be asked for, once
    await until(
      'the newer version has taken over',
      async () => {
        if (!asked && (await use.isVisible())) {
          await use.click();
          asked = true;
        }
        return hasTakenOver(other);
      },
      90_000,
    );
    await until('another page is of the newer one', async () => {
      if (await use.isVisible()) await use.click();
      return isNewer(other);
    });
    assert.equal(await isNewer(page), false);
    assert.equal(await page.getByLabel(words('Year of birth')).inputValue(), '1987');
    assert.equal(await versions(page), 2, 'what the older page has not fetched yet is still kept');
    await page.close();
    await until('the older version is forgotten at the next start without its page', async () => {
      await other.reload();
      return (await versions(other)) === 1;
    });
    assert.equal(await isNewer(other), true);
  });

journey('a page of the version before goes on beside one of the newer, with all that it may still need', beside, 180_000);
