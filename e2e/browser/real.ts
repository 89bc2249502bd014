import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

// What the journeys stand on: the real server with the demo's invented people, and the Chromium that is installed. Every process that is
// started here ends here, also when a test fails. Tests run from the root of the repository.

export const BUILD = resolve('web/.build');

/** How long a screen may take to show what it is asked for, on a machine that does much else. */
export const PATIENCE = 15_000;

const CHROMIUMS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function found(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const chromiumPath = process.env.KAIKU_CHROMIUM ?? CHROMIUMS.find(found);

/** Why journeys cannot be made here, if they cannot. Where everything is promised to be there, that is a failure. */
export function missing(): string | undefined {
  const why = chromiumPath ? undefined : 'There is no Chromium here (Debian: apt-get install chromium), so nobody walks through the app.';
  if (why && process.env.CI) throw new Error(why);
  return why;
}

/** The server's binary: the one that is named, else one that is built from what stands here. */
function serverBinary(): string {
  if (process.env.KAIKU_SERVER) return resolve(process.env.KAIKU_SERVER);
  mkdirSync(BUILD, { recursive: true });
  const mine = join(BUILD, `server-${process.pid}`);
  execFileSync('go', ['build', '-o', mine, './server'], { stdio: 'inherit' });
  const path = join(BUILD, 'server');
  renameSync(mine, path); // in one step: another test may be starting it
  return path;
}

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(1));

export interface Person {
  who: string;
  email: string;
  role: string;
}

/** What the demo keeps beside its database: everybody, and the codes that were shown once. */
export interface Guide {
  password: string;
  people: Person[];
  passes: { what: string; number: string; worker: string; activation?: string; recovery?: string; paper?: string; paper_number?: string }[];
  venues: { name: string; manager: string; code: string; session: string }[];
}

/** A demo of the real server. */
export class Demo {
  readonly folder = mkdtempSync(join(tmpdir(), 'kaikukortti-journey-'));
  url = '';
  page = '';
  readonly #app: string | undefined;
  #child: ChildProcess | undefined;
  #said = '';
  #used = new Map<string, string>();
  #atWork = new Map<string, Promise<AtWork>>();

  /** The app is served from a folder, or else as it is built in. */
  constructor(app = process.env.KAIKU_APP) {
    this.#app = app && resolve(app);
  }

  /** Starts it, or starts it again so many milliseconds later by its own clock. */
  async start(later = 0): Promise<void> {
    const args = ['demo', '--open=false', '--folder', this.folder, '--address', hostOf(this.url), '--page', hostOf(this.page)];
    if (later) args.push('--later', `${later}ms`);
    if (this.#app) args.push('--app', this.#app);
    const child = spawn(serverBinary(), args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
    });
    children.add(child);
    this.#child = child;
    this.#said = '';
    const hear = (b: Buffer) => {
      this.#said += b;
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    await until(
      'the demo answers',
      async () => {
        if (child.exitCode !== null) throw new Error(`the demo ended: ${this.#said}`);
        return /Try:\n/.test(this.#said) && (await fetch(`${this.#heard(/server answers on (\S+);/)}/readyz`)).ok;
      },
      60_000, // it fills a store
    );
    this.url = this.#heard(/server answers on ([^\s;]+)/);
    this.page = this.#heard(/Open (\S+) and follow/);
  }

  #heard(what: RegExp): string {
    return what.exec(this.#said)?.[1] ?? '';
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const slow = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(slow);
    children.delete(child);
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get guide(): Guide {
    return (JSON.parse(readFileSync(join(this.folder, 'demo.json'), 'utf8')) as { guide: Guide }).guide;
  }

  /** The codes of a pass of the demo, by what the guide says of it. */
  pass(what: string): Guide['passes'][number] {
    return known(
      this.guide.passes.find((p) => p.what === what),
      what,
    );
  }

  venue(name: string): Guide['venues'][number] {
    return known(
      this.guide.venues.find((v) => v.name === name),
      name,
    );
  }

  /** Somebody who works, signed in once a file. */
  as(email: string): Promise<AtWork> {
    const known = this.#atWork.get(email) ?? AtWork.signIn(this, email);
    this.#atWork.set(email, known);
    return known;
  }

  /** Somebody's one-time code. Each is taken once, so the next one may have to be waited for. */
  async code(email: string): Promise<string> {
    let code = '';
    await until(
      'the next one-time code',
      async () => {
        code = await (await fetch(`${this.page}/code/${email}`)).text();
        return code !== this.#used.get(email);
      },
      40_000,
    );
    this.#used.set(email, code);
    return code;
  }
}

/** Somebody who works, without a screen: what a journey is not about is prepared in these words. */
export class AtWork {
  readonly #demo: Demo;
  readonly #token: string;

  private constructor(demo: Demo, token: string) {
    this.#demo = demo;
    this.#token = token;
  }

  static async signIn(demo: Demo, email: string): Promise<AtWork> {
    const body = { email, password: demo.guide.password, code: await demo.code(email) };
    const { access_token } = (await answered(demo.url, 'POST', '/v1/sign-in', body)) as { access_token: string };
    return new AtWork(demo, access_token);
  }

  ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return answered(this.#demo.url, method, path, body, this.#token) as Promise<T>;
  }
}

async function answered(url: string, method: string, path: string, body?: unknown, token?: string): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(method === 'POST' ? { 'Idempotency-Key': randomUUID() } : {}),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

const hostOf = (url: string): string => (url ? new URL(url).host.replace('localhost', '127.0.0.1') : '127.0.0.1:0');

export function known<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`there is no ${what}`);
  return value;
}

/** Waits for a condition, never for a time. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, patience = PATIENCE): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    if (
      await Promise.resolve(holds()).catch((why: unknown) =>
        why instanceof Error && why.message.startsWith('the demo ended') ? Promise.reject(why) : false,
      )
    )
      return;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((again) => setTimeout(again, 50));
  }
}

const FLAGS = [
  '--no-sandbox',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export const launch = (...flags: string[]): Promise<Browser> =>
  chromium.launch({ executablePath: known(chromiumPath, 'Chromium'), args: [...FLAGS, ...flags] });

/** A phone of 360 × 740 points, in the hand of somebody who reads a language. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: 'en-GB',
};
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, locale: 'en-GB' };

/** Lets every page of a context live so much later: what a phone's clock shows, on a day to come. */
export async function later(context: BrowserContext, milliseconds: number): Promise<void> {
  await context.addInitScript((by) => {
    const Before = Date;
    class Later extends Before {
      constructor(...given: unknown[]) {
        if (given.length === 0) super(Before.now() + by);
        else super(...(given as [number]));
      }
      static override now(): number {
        return Before.now() + by;
      }
    }
    globalThis.Date = Later as DateConstructor;
  }, milliseconds);
}

/** Phones and computers around one demo, each in a context of its own, so that storage is separate as on separate phones. */
export class Room {
  readonly demo: Demo;
  readonly contexts: BrowserContext[] = [];
  readonly #browser: Browser;

  constructor(demo: Demo, browser: Browser) {
    this.demo = demo;
    this.#browser = browser;
  }

  /** Another phone or computer. */
  async context(options: BrowserContextOptions = PHONE, browser = this.#browser): Promise<BrowserContext> {
    const context = await browser.newContext({ baseURL: this.demo.url, ...options });
    context.setDefaultTimeout(PATIENCE);
    this.contexts.push(context);
    return context;
  }

  async page(path = '/', options: BrowserContextOptions = PHONE): Promise<Page> {
    const page = await (await this.context(options)).newPage();
    await page.goto(path);
    return page;
  }

  async end(): Promise<void> {
    for (const context of this.contexts) await context.close().catch(() => undefined);
  }
}
