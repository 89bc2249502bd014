import assert from 'node:assert/strict';
import { type Journey, journey } from './harness.ts';
import { exactly, holder, keptOffline, reloadOffline, seePass, words } from './people.ts';
import { readPNG } from './png.ts';
import { known, PHONE, until } from './real.ts';

interface Manifest {
  name: string;
  short_name: string;
  start_url: string;
  scope: string;
  display: string;
  orientation?: string;
  icons: { src: string; sizes: string; type: string; purpose?: string }[];
}

async function manifestOf(j: Journey, path: string): Promise<Manifest> {
  const page = await j.page(path);
  const href = known(await page.locator('link[rel=manifest]').getAttribute('href'), 'manifest');
  const response = await fetch(new URL(href, j.demo.url));
  assert.match(response.headers.get('Content-Type') ?? '', /application\/manifest\+json/);
  // What Chromium itself finds wrong with it.
  const cdp = await page.context().newCDPSession(page);
  const { errors } = await cdp.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  return (await response.json()) as Manifest;
}

const APPS = [
  ['holder', '/', 'Kaikukortti'],
  ['scan', '/scan', 'Kaiku door'],
  ['desk', '/desk', 'Kaiku work'],
  ['office', '/office', 'Kaiku office'],
] as const;

for (const [role, home, called] of APPS) {
  journey(`the ${role}’s app can be installed, with icons that are what they say`, async (j) => {
    const manifest = await manifestOf(j, home);
    assert.equal(manifest.short_name, called, 'in the language of the page');
    assert.equal(manifest.display, 'standalone');
    assert.equal(manifest.start_url, home);
    assert.equal(manifest.orientation, undefined, 'it can be turned as its holder needs');
    assert.ok(manifest.icons.some((i) => i.purpose?.includes('maskable')));
    for (const icon of manifest.icons) {
      const response = await fetch(new URL(icon.src, j.demo.url));
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('Content-Type'), icon.type);
      if (icon.type !== 'image/png') continue;
      const { width, height } = readPNG(Buffer.from(await response.arrayBuffer()));
      assert.equal(`${width}x${height}`, icon.sizes);
    }
  });
}

journey('the app that is installed from a link opens with its code', async (j) => {
  const code = known(j.demo.pass('issued, to be activated with a code').activation, 'code');
  const page = await j.page(`/activate#${code}`);
  await until('the manifest has the code', async () => {
    const href = known(await page.locator('link[rel=manifest]').getAttribute('href'), 'manifest');
    const manifest = (await (await fetch(new URL(href, j.demo.url))).json()) as Manifest;
    return manifest.start_url === `/activate#${code}`;
  });
  // The page that is installed asks its service worker first, which must not answer with the manifest that it keeps.
  await keptOffline(page, 'holder');
  await page.reload();
  await until('the manifest has the code for the page, too', () =>
    page.evaluate(async (wanted) => {
      const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
      const manifest = await (await fetch(link?.href ?? '')).json();
      return navigator.serviceWorker.controller !== null && manifest.start_url === wanted;
    }, `/activate#${code}`),
  );
});

journey('an iPhone’s browser is asked to put the app on the home screen first, and uses nothing up', async (j) => {
  const code = known(j.demo.pass('issued, to be activated with a code').activation, 'code');
  const userAgent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
  const page = await j.page(`/activate#${code}`, { ...PHONE, userAgent });
  await page.getByText(words('First add to the home screen. Open the card from the icon. Type the code there.')).waitFor();
  await page.getByText(words('iPhone may remove the card if you do not open it for 7 days.')).waitFor();
  assert.equal(await page.getByRole('button', { name: exactly('Activate') }).count(), 0);
  await page.getByRole('button', { name: exactly('Continue here') }).click();
  await page.getByRole('button', { name: exactly('Activate') }).waitFor();
});

journey('after the first visit the app starts without a network, and says so', async (j) => {
  const page = await holder(j);
  await keptOffline(page, 'holder');
  await j.demo.stop();
  await reloadOffline(page);
  await seePass(page);
  await page.getByText(words('No network. Your card works.')).waitFor();
  for (const name of ['Bookings', 'Inbox', 'More']) {
    await page.getByRole('link', { name: words(name) }).click();
    await page.getByRole('heading', { level: 1, name: words(name) }).waitFor();
  }
  // Every screen behind them is kept as well, in every language.
  await page.getByRole('link', { name: exactly('Paper card') }).click();
  await page.getByRole('heading', { level: 1, name: exactly('Paper card') }).waitFor();
  await page.locator('.language select').selectOption('fi');
  await page.getByRole('heading', { level: 1, name: exactly('Paperikortti') }).waitFor();
  assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null));
});
