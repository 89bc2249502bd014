import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { BUILD, Demo, launch, missing, Room } from './real.ts';

// How journeys are made: each with what it needs, a deadline, and pictures of what everybody saw when it failed.

const FAILURES = join(BUILD, 'failures');

/** How long a journey may take. */
const DEADLINE = 90_000;

/** What a journey has. */
export class Journey extends Room {
  readonly t: TestContext;
  readonly #wrong: string[] = [];
  readonly #ends: (() => Promise<void>)[] = [];

  constructor(t: TestContext, demo: Demo, browser: Browser) {
    super(demo, browser);
    this.t = t;
  }

  /** A browser of its own, such as one whose camera plays a film. */
  async launch(...flags: string[]): Promise<Browser> {
    const browser = await launch(...flags);
    this.#ends.push(() => browser.close());
    return browser;
  }

  override async context(options?: BrowserContextOptions, browser?: Browser): Promise<BrowserContext> {
    const context = await super.context(options, browser);
    context.on('page', (page) => this.#watch(page));
    return context;
  }

  /** Nothing may break the content security policy, throw where nobody catches, or go to another origin. */
  #watch(page: Page): void {
    page.on('pageerror', (e) => this.#wrong.push(`${page.url()}: ${e.stack ?? e.message}`));
    page.on('console', (said) => {
      if (/Content.Security.Policy|Trusted Type/i.test(said.text())) this.#wrong.push(`${page.url()}: ${said.text()}`);
    });
    page.on('request', (r) => {
      const { protocol, hostname } = new URL(r.url());
      if (protocol.startsWith('http') && hostname !== 'localhost' && hostname !== '127.0.0.1') this.#wrong.push(`it asked ${r.url()}`);
    });
  }

  override async end(failed = false): Promise<void> {
    if (failed) await this.#picture();
    await super.end();
    for (const end of this.#ends) await end().catch(() => undefined);
    if (!failed && this.#wrong.length) throw new Error(this.#wrong.join('\n'));
  }

  /** Leaves a picture among the failures. */
  async picture(page: Page, name: string): Promise<void> {
    mkdirSync(FAILURES, { recursive: true });
    await page.screenshot({ path: join(FAILURES, `${name.replace(/[^a-z0-9]+/gi, '-')}.png`), fullPage: true, timeout: 5000 });
  }

  /** What everybody saw when it failed. */
  async #picture(): Promise<void> {
    mkdirSync(FAILURES, { recursive: true });
    const name = this.t.name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80);
    let n = 0;
    for (const page of this.contexts.flatMap((c) => c.pages())) {
      const at = join(FAILURES, `${name}-${++n}`);
      await page.screenshot({ path: `${at}.png`, timeout: 5000 }).catch(() => undefined);
      const said = page.locator('body').ariaSnapshot({ timeout: 5000 });
      const text = await said.catch(() => 'it does not answer');
      writeFileSync(`${at}.txt`, `${page.url()}\n\n${text}\n\n${this.#wrong.join('\n')}\n`);
      this.t.diagnostic(`seen at the end: ${at}.png`);
    }
  }
}

const ends: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ends) await end();
});

let shared: Promise<{ demo: Demo; browser: Browser }> | undefined;

/** One demo and one browser serve all journeys of a file. */
function start(): Promise<{ demo: Demo; browser: Browser }> {
  shared ??= (async () => {
    const demo = new Demo();
    ends.push(() => demo.end());
    await demo.start();
    const browser = await launch();
    ends.push(() => browser.close());
    return { demo, browser };
  })();
  return shared;
}

/** A walk through the app by real parts. */
export function journey(name: string, walk: (j: Journey) => Promise<void>, deadline = DEADLINE): void {
  const skip = missing();
  void test(name, { timeout: deadline, ...(skip ? { skip } : {}) }, async (t) => {
    const { demo, browser } = await start();
    const j = new Journey(t, demo, browser);
    let failed = true;
    try {
      await walk(j);
      failed = false;
    } finally {
      await j.end(failed);
    }
  });
}
