import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { filmed, hold, putCamera, takeAway } from './camera.ts';
import { codeOf, exactly, openDoor, startCamera, words } from './people.ts';
import { DESKTOP, Demo, known, launch, PHONE, until } from './real.ts';

// How soon screens are there on a cheap phone and a slow network, beside what they may take (UX guide §7). Times are printed and nothing
// fails: a machine that does much else is slower. Each is the median of five.

const RUNS = 5;
const SLOW_NET = { offline: false, latency: 300, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };
const FREE = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };

const rows: { what: string; is: number; budget: number; unit: string }[] = [];
const note = (what: string, is: number, budget: number, unit = 'ms'): void => void rows.push({ what, is: Math.round(is), budget, unit });

const sorted = (all: readonly number[]): number[] => [...all].sort((a, b) => a - b);
const median = (all: readonly number[]): number => sorted(all)[Math.floor(all.length / 2)] ?? Number.NaN;
const p95 = (all: readonly number[]): number => sorted(all)[Math.ceil(all.length * 0.95) - 1] ?? Number.NaN;

async function slow(page: Page, rate: number, network = FREE): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  await cdp.send('Network.emulateNetworkConditions', network);
  return cdp;
}

/** Notes in every page when something can first be seen, by the page's own clock. */
function watch(context: BrowserContext, selector: string): Promise<unknown> {
  return context.addInitScript((wanted) => {
    const look = () => {
      const at = document.querySelector<HTMLElement>(wanted);
      if (!at || at.getClientRects().length === 0) return requestAnimationFrame(look);
      // Two frames later it has been painted.
      return requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          (globalThis as unknown as { seenAt: number }).seenAt = performance.now();
        }),
      );
    };
    requestAnimationFrame(look);
  }, selector);
}

async function seenAt(page: Page): Promise<number> {
  await page.waitForFunction(() => 'seenAt' in globalThis, undefined, { timeout: 60_000 });
  return page.evaluate(() => (globalThis as unknown as { seenAt: number }).seenAt);
}

/** Forgets every file of the app, but nothing that the person has. What the page before used, the browser would still have in memory. */
async function forgetFiles(page: Page, cdp: CDPSession): Promise<void> {
  await page.evaluate(async () => {
    for (const r of await navigator.serviceWorker.getRegistrations()) await r.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  await cdp.send('Network.clearBrowserCache');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
}

async function times(page: Page, go: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let n = 0; n < RUNS; n++) {
    await go();
    all.push(await seenAt(page));
  }
  return median(all);
}

/** Opens a page with nothing kept, and tells when something is there. */
async function cold(browser: Browser, url: string, path: string, selector: string, options = PHONE): Promise<number> {
  const all: number[] = [];
  for (let n = 0; n < RUNS; n++) {
    const context = await browser.newContext({ ...options, baseURL: url });
    await watch(context, selector);
    const page = await context.newPage();
    await slow(page, 4, SLOW_NET);
    await page.goto(path);
    all.push(await seenAt(page));
    await context.close();
  }
  return median(all);
}

async function pass(browser: Browser, demo: Demo): Promise<Page> {
  const context = await browser.newContext({ ...PHONE, baseURL: demo.url });
  await watch(context, 'canvas[data-code]');
  const page = await context.newPage();
  await page.goto('/activate');
  await page.getByLabel(exactly('Code')).fill(known(demo.pass('issued, to be activated with a code').activation, 'code'));
  await page.getByRole('button', { name: exactly('Activate') }).click();
  await page.getByRole('button', { name: exactly('I have written it down') }).click();
  await codeOf(page).waitFor();
  return page;
}

const kept = (page: Page, role: string): Promise<void> =>
  until(`${role} is kept`, () => page.evaluate(async (name) => (await caches.match(`/kept/${name}`)) !== undefined, role), 60_000);

async function ofTheHolder(page: Page): Promise<void> {
  for (const [rate, budget] of [
    [4, 2000],
    [8, Number.NaN],
  ] as const) {
    const cdp = await slow(page, rate, SLOW_NET);
    note(
      `QR on screen, cold, CPU ÷ ${rate}, 400 kbit/s, 300 ms`,
      await times(page, async () => {
        await forgetFiles(page, cdp);
        await page.goto('/');
      }),
      budget,
    );
  }
  const cdp = await slow(page, 1);
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: false });
  await page.goto('/');
  await kept(page, 'holder');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  note('QR on screen, warm, CPU ÷ 4', await times(page, () => page.reload()), 500);
  await page.context().setOffline(true);
  note('QR on screen, no network, CPU ÷ 4', await times(page, () => page.reload()), 500);
  await page.context().setOffline(false);
  await slow(page, 1);
  note('bytes of opening it once a day for a month', 30 * (await bytes(page, () => page.reload())), 1_000_000, 'bytes');
}

/** What comes over the network, in bytes. */
async function bytes(page: Page, go: () => Promise<unknown>): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  let sum = 0;
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
    sum += encodedDataLength;
  });
  await go();
  await page.waitForLoadState('networkidle');
  await cdp.detach();
  return sum;
}

async function ofTheDoor(browser: Browser, demo: Demo, phone: Page): Promise<void> {
  const context = await browser.newContext({ ...PHONE, baseURL: demo.url });
  await putCamera(context);
  const page = await context.newPage();
  await page.goto('/scan');
  await page.getByLabel(words('Set-up code')).fill(demo.venue('Espoon kaupunginteatteri').code);
  await page.getByRole('button', { name: exactly('Set up') }).click();
  await page.getByText(words('Ready without network')).waitFor();
  await kept(page, 'scan');
  await openDoor(page);
  // The decoder on the page itself: throttling leaves workers alone.
  await page.goto('/scan/door?decoder=page');
  await startCamera(page);
  await slow(page, 4);
  const verdicts: number[] = [];
  const reads: number[] = [];
  for (let n = 0; n <= 20; n++) {
    await phone.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))); // a new code
    await phone.waitForTimeout(1100); // codes are told apart by the second
    const frame = await filmed(codeOf(phone));
    await page.evaluate(() => performance.clearMarks());
    await hold(page, frame);
    await page.waitForFunction(() => performance.getEntriesByName('scan:shown').length > 0);
    const [seen = Number.NaN, read = Number.NaN, shown = Number.NaN] = await page.evaluate(() =>
      ['film:frame', 'scan:read', 'scan:shown'].map((name) => performance.getEntriesByName(name)[0]?.startTime),
    );
    if (n > 0) verdicts.push(shown - seen);
    if (n > 0) reads.push(read - seen);
    await takeAway(page);
    if (n === 0) await page.waitForTimeout(5500); // a card that was welcomed is silent for five seconds
  }
  note('readable frame → verdict, p95 of 20, CPU ÷ 4, decoder on the page', p95(verdicts), 300);
  note('readable frame → verdict, median', median(verdicts), Number.NaN);
  note('readable frame → read, median', median(reads), Number.NaN);
  await frameCost(page, await filmed(codeOf(phone)));
  await context.close();
}

/** What one frame costs, with and without a code in it. */
async function frameCost(page: Page, frame: Awaited<ReturnType<typeof filmed>>): Promise<void> {
  const side = 720;
  const from = (frame.width - side) / 2;
  const square = Buffer.alloc(side * side);
  for (let y = 0; y < side; y++) square.set(frame.data.subarray(y * frame.width + from, y * frame.width + from + side), y * side);
  const costs = await page.evaluate(
    async ({ grey, size }) => {
      const url = performance.getEntriesByType('resource').find((r) => /\/decoder-[^/]+\.js$/.test(r.name))?.name ?? '';
      const { decode } = (await import(url)) as { decode: (f: ImageData, harder: boolean) => Promise<string | undefined> };
      const bytes = Uint8Array.from(atob(grey), (c) => c.charCodeAt(0));
      const image = new ImageData(size, size);
      for (const [i, v] of bytes.entries()) image.data.set([v, v, v, 255], i * 4);
      const all: number[] = [];
      for (let n = 0; n < 40; n++) {
        const start = performance.now();
        await decode(image, false);
        all.push(performance.now() - start);
      }
      return all;
    },
    { grey: square.toString('base64'), size: side },
  );
  note('one frame of 720 × 720, p95 of 40, CPU ÷ 4', p95(costs), 100);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function print(): void {
  const flag = (r: (typeof rows)[number]): string => (Number.isNaN(r.budget) ? '' : r.is <= r.budget ? 'ok' : 'OVER');
  say(
    `\n${cpus().length} × ${cpus()[0]?.model.trim()}, load average ${loadavg()
      .map((l) => l.toFixed(1))
      .join(' ')}, median of ${RUNS}\n`,
  );
  for (const r of rows) {
    const budget = Number.isNaN(r.budget) ? '' : `of ${r.budget}`;
    say(`${r.what.padEnd(72)} ${String(r.is).padStart(7)} ${budget.padEnd(11)} ${r.unit.padEnd(6)} ${flag(r)}`);
  }
  say(`\n${execFileSync('go', ['run', './web/build', '-sizes'], { encoding: 'utf8' })}`);
}

const demo = new Demo();
try {
  await demo.start();
  const browser = await launch();
  try {
    const phone = await pass(browser, demo);
    await ofTheHolder(phone);
    note('Start, cold, CPU ÷ 4, 400 kbit/s, 300 ms', await cold(browser, demo.url, '/', 'main .button.primary'), 2500);
    note('Scan, cold to its first button', await cold(browser, demo.url, '/scan', 'main .button.primary'), 3500);
    note('Desk, cold to the sign-in', await cold(browser, demo.url, '/desk', 'main .button.primary', DESKTOP), 4000);
    note('Office, cold to the sign-in', await cold(browser, demo.url, '/office', 'main .button.primary', DESKTOP), 5000);
    await ofTheDoor(browser, demo, phone);
  } finally {
    await browser.close();
  }
} finally {
  await demo.end();
}
print();
