import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journey } from './harness.ts';
import { exactly, keptOffline, signIn, WORKER, words } from './people.ts';
import { DESKTOP, Demo } from './real.ts';

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

journey('a newer version waits until it is wanted, and loses nothing of what is being typed', async (j) => {
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
    await page.getByText(words('A new version is ready.')).waitFor();
    assert.equal(await page.getByLabel(words('Year of birth')).inputValue(), '1987');
    assert.equal(await page.locator('meta[name=newer]').count(), 0);
    await page.getByRole('button', { name: exactly('Use it') }).click();
    await page.locator('meta[name=newer]').waitFor({ state: 'attached' });
    await page.getByLabel(words('Year of birth')).waitFor();
    await page.context().setOffline(true);
    await page.reload();
    await page.locator('meta[name=newer]').waitFor({ state: 'attached' }); // the newer one is what is kept
  } finally {
    await demo.end();
    rmSync(folder, { recursive: true, force: true });
  }
});
