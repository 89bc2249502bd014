import assert from 'node:assert/strict';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { DEADLINE } from '../../web/src/scan/race.ts';
import { SILENT } from '../../web/src/scan/sightings.ts';
import { filmed, hold, putCamera, takeAway } from './camera.ts';
import type { Shot } from './film.ts';
import { DESKTOP, known, PATIENCE, PHONE, type Room, until } from './real.ts';

// What people do, in the words that they see. Journeys are told in these verbs.

/** Words as they stand on the screen: the places where a long word may break, and the spaces where none may, are not seen. */
export function words(text: string): RegExp {
  const letters = [...text].map((c) => (/\s/.test(c) ? '\\s' : c.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')));
  return new RegExp(letters.join('\\u00ad?'));
}

/** The same, and nothing more. */
export const exactly = (text: string): RegExp => new RegExp(`^${words(text).source}$`);

export const WORKER = 'sosiaali@demo.example';
export const FAR_WORKER = 'sote@demo.example';
/** Managers of two theatres in two networks, with something on around the clock. */
export const MANAGER = 'teatteri@demo.example';
export const FAR_MANAGER = 'kajaani@demo.example';

/** Signs somebody in on a page that asks for it. */
export async function signIn(j: Pick<Room, 'demo'>, page: Page, email: string, how: { remember?: boolean } = {}): Promise<void> {
  await page.getByLabel(words('E-mail')).fill(email);
  await page.getByLabel(exactly('Password')).fill(j.demo.guide.password);
  await page.getByRole('button', { name: exactly('Sign in') }).click();
  await page.getByLabel(words('Code from the authenticator app')).fill(await j.demo.code(email));
  if (how.remember) await page.getByLabel(words('Remember this computer')).check();
  await page.getByRole('button', { name: exactly('Sign in') }).click();
  await page.getByRole('link', { name: words('My account') }).waitFor();
}

/** A worker before a computer, signed in. */
export async function atDesk(j: Room, email = WORKER, options = DESKTOP): Promise<Page> {
  const page = await j.page('/desk', options);
  await signIn(j, page, email);
  return page;
}

/** The code on a holder's phone. */
export const codeOf = (page: Page): Locator => page.locator('canvas[data-code]');

/** Waits until a pass is on the screen, drawn. */
export async function seePass(page: Page): Promise<void> {
  await codeOf(page).waitFor();
  await page.getByRole('heading', { name: words('Show your card at the door') }).waitFor();
}

/** Writes the recovery code down, which is shown when a pass has come to a phone; answers with it. */
export async function writeDown(page: Page): Promise<string> {
  await page.getByRole('heading', { name: exactly('Write this down') }).waitFor();
  const code = await page.locator('dd.digits-shown, dd').last().textContent();
  await page.getByRole('button', { name: exactly('I have written it down') }).click();
  await seePass(page);
  return known(code, 'recovery code').replace(/\s/g, '');
}

/** Types a code on a phone that has none yet. */
export async function activate(page: Page, code: string): Promise<void> {
  await page.goto('/activate');
  await page.getByLabel(exactly('Code')).fill(code);
  await page.getByRole('button', { name: exactly('Activate') }).click();
  await writeDown(page);
}

/** A phone with a pass of the demo on it. */
export async function holder(j: Room, what = 'issued, to be activated with a code', options = PHONE): Promise<Page> {
  const page = await j.page('/', options);
  await activate(page, known(j.demo.pass(what).activation, 'activation code'));
  return page;
}

/** Makes a card, and answers with the digits to hand over and the number to write down. */
export async function issue(
  desk: Page,
  facts: { year: string; postcode: string; children: string },
): Promise<{ code: string; number: string }> {
  await desk.goto('/desk/new');
  await desk.getByLabel(words('Year of birth')).fill(facts.year);
  await desk.getByLabel(exactly('Postcode')).fill(facts.postcode);
  await desk.getByRole('textbox', { name: words('Children under 18') }).fill(facts.children);
  await desk.getByRole('button', { name: exactly('Make the card') }).click();
  return given(desk);
}

/** What a worker's screen shows to hand a card over. */
export async function given(desk: Page): Promise<{ code: string; number: string }> {
  await desk.getByRole('heading', { name: exactly('Hand over the card') }).waitFor();
  const code = await desk.locator('output[data-code]').getAttribute('data-code');
  const number = await desk.locator('output[data-number]').getAttribute('data-number');
  return { code: known(code, 'code'), number: known(number, 'number') };
}

/** A code that makes a phone a scanner of somebody's venue. */
export async function scannerCode(j: Room, manager: string): Promise<string> {
  const end_day = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
  const { code } = await (await j.demo.as(manager)).ask<{ code: string }>('POST', '/v1/scanners', { label: 'Ovi', end_day });
  return code;
}

/**
 * Makes a phone a scanner of a venue, at which results stay until somebody taps. Its camera is given by the test, unless the context has one
 * of its own. A door shows amber when its server is slow, which here may be the machine that does everything at once: it waits longer, unless
 * it is to be `hasty`.
 */
export async function enrol(j: Room, manager = MANAGER, context?: BrowserContext, { hasty = false } = {}): Promise<Page> {
  const phone = context ?? (await j.context(PHONE));
  if (!context) await putCamera(phone);
  if (!hasty) await phone.addInitScript(beSlow, { after: DEADLINE, until: PATIENCE / 3 });
  const page = await phone.newPage();
  await page.goto('/scan');
  await page.getByLabel(words('Set-up code')).fill(await scannerCode(j, manager));
  await page.getByRole('button', { name: exactly('Set up') }).click();
  await page.getByRole('heading', { name: words('Today') }).waitFor();
  await page.getByText(words('Ready without network')).waitFor();
  await page.getByRole('link', { name: exactly('Settings') }).click();
  await page.getByRole('checkbox', { name: words('Keep showing') }).check();
  await page
    .getByRole('link', { name: exactly('Today') })
    .first()
    .click(); // and not by loading the page, which could keep this from being kept
  await page.getByRole('heading', { name: words('Today') }).waitFor();
  return page;
}

/** Makes one time of a page longer. */
function beSlow(time: { after: number; until: number }): void {
  const { setTimeout } = globalThis;
  const slow = (run: TimerHandler, after?: number, ...more: unknown[]) =>
    setTimeout(run, after === time.after ? time.until : after, ...more);
  Object.assign(globalThis, { setTimeout: slow });
}

/** Opens the door of what is on now, with the camera on. */
export async function openDoor(page: Page, what = 'Open stage'): Promise<void> {
  await page
    .getByRole('button', { name: new RegExp(`^Scan:.*${words(what).source}`) })
    .first()
    .click();
  await startCamera(page);
}

/** Lets the camera be used. It is asked for once; afterwards it starts by itself. */
export async function startCamera(page: Page): Promise<void> {
  const start = page.getByRole('button', { name: exactly('Start the camera') });
  const picture = page.locator('video');
  await until('there is a camera, or the question', async () => (await start.isVisible()) || (await picture.isVisible()));
  if (await start.isVisible()) await start.click();
  await picture.waitFor();
}

/** The answer that fills a scanner's screen. */
export const answerOf = (page: Page): Locator => page.locator('section[data-face]');

/** Waits for an answer and its words. */
export async function see(page: Page, face: 'ok' | 'amber' | 'stop' | 'other', ...sentences: string[]): Promise<void> {
  const answer = answerOf(page);
  await answer.waitFor();
  for (const sentence of sentences) await answer.getByText(words(sentence)).first().waitFor();
  assert.equal(await answer.getAttribute('data-face'), face);
}

/** Holds a holder's phone, or a paper, before a scanner's camera. */
export const show = async (shown: Page | Locator, scanner: Page, shot: Shot = {}): Promise<void> =>
  hold(scanner, await filmed('mouse' in shown ? codeOf(shown) : shown, shot));

/** Comes to the same scanner once more. What it sees again within five seconds is the same showing, wherever it was meanwhile. */
export async function showAgain(shown: Page | Locator, scanner: Page): Promise<void> {
  await until(
    'the same card is a new showing',
    async () => {
      await takeAway(scanner);
      await new Promise((gone) => setTimeout(gone, SILENT + 500));
      await show(shown, scanner);
      return answerOf(scanner)
        .waitFor({ timeout: SILENT })
        .then(
          () => true,
          () => false,
        );
    },
    60_000,
  );
}

/** Takes the phone away and goes on to the next guest. */
export async function next(scanner: Page): Promise<void> {
  await takeAway(scanner);
  await scanner.getByRole('button', { name: exactly('Next') }).click();
  await answerOf(scanner).waitFor({ state: 'hidden' });
}

/** Waits until a page is kept whole, so that it starts without a network. */
export async function keptOffline(page: Page, role: 'holder' | 'scan' | 'desk' | 'office'): Promise<void> {
  await until(`${role} is kept`, () => page.evaluate(async (name) => (await caches.match(`/kept/${name}`)) !== undefined, role));
  await page.evaluate(() => navigator.serviceWorker.ready);
}

/** Takes the network away, and loads the page anew without it. */
export async function reloadOffline(page: Page): Promise<void> {
  await page.context().setOffline(true);
  await page.reload();
}
