import type { Locator, Page } from 'playwright-core';
import { DESKTOP, type Journey, known, PHONE } from './harness.ts';

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
export const MANAGER = 'teatteri@demo.example';

/** Signs somebody in on a page that asks for it. */
export async function signIn(j: Journey, page: Page, email: string, how: { remember?: boolean } = {}): Promise<void> {
  await page.getByLabel(words('E-mail')).fill(email);
  await page.getByLabel(exactly('Password')).fill(j.demo.guide.password);
  await page.getByRole('button', { name: exactly('Sign in') }).click();
  await page.getByLabel(words('Code from the authenticator app')).fill(await j.demo.code(email));
  if (how.remember) await page.getByLabel(words('Remember this computer')).check();
  await page.getByRole('button', { name: exactly('Sign in') }).click();
  await page.getByRole('link', { name: words('My account') }).waitFor();
}

/** A worker before a computer, signed in. */
export async function atDesk(j: Journey, email = WORKER): Promise<Page> {
  const page = await j.page('/desk', DESKTOP);
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
export async function holder(j: Journey, what = 'issued, to be activated with a code', options = PHONE): Promise<Page> {
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
