import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Journey, journey } from './harness.ts';
import { exactly, given, seePass, WORKER, words } from './people.ts';
import { DESKTOP, PHONE, until } from './real.ts';
import { type Look, pastDesk, pastHolder, pastManager, pastScanner, settled } from './screens.ts';
import { keyboardWalk } from './seeing.ts';

const LONG = 240_000;

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press('Tab');
    const on = await page.evaluate(() => {
      const at = document.activeElement as HTMLElement | null;
      return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
    });
    if (name.test(on.trim())) return;
  }
  throw new Error(`Tab does not lead to ${name.source}`);
}

const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');

journey(
  'a card is handed out without a mouse',
  async (j) => {
    const page = await j.page('/desk', DESKTOP);
    await settled(page);
    await until('the first field has the focus', () => page.evaluate(() => document.activeElement?.matches('input[type=email]') ?? false));
    await page.keyboard.type(WORKER);
    await page.keyboard.press('Tab');
    await page.keyboard.type(j.demo.guide.password);
    await page.keyboard.press('Enter');
    await page.getByLabel(words('Code from the authenticator app')).waitFor();
    await page.keyboard.type(await j.demo.code(WORKER));
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: words('My account') }).waitFor();

    await page.keyboard.press('n');
    await page.getByLabel(words('Year of birth')).waitFor();
    await page.keyboard.type('1987021001');
    await page.keyboard.press('Enter');
    const { code } = await given(page);
    assert.equal(await focused(page), 'Hand over the card', 'the new screen is read out first');

    const phone = await j.page(`/activate#${code}`, DESKTOP);
    await settled(phone);
    await tabTo(phone, exactly('Activate'));
    await phone.keyboard.press('Enter');
    await phone.getByRole('heading', { name: exactly('Write this down') }).waitFor();
    await tabTo(phone, exactly('I have written it down'));
    await phone.keyboard.press('Space');
    await seePass(phone);

    await page.getByText(words('The card is on the holder’s phone.')).waitFor();
    await tabTo(page, exactly('Open the card'));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /\d{3}/ }).waitFor();
    await tabTo(page, exactly('Pause'));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' }); // closed, and its screen knows
    assert.equal(await focused(page), 'Pause', 'the focus goes back to where it was');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, exactly('Pause'));
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText(words('Choose a reason.')).waitFor(); // what is wrong is said, not only shown
    await tabTo(page, exactly('Cancel'));
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor({ state: 'detached' }); // closed, and its screen knows
    assert.equal(await focused(page), 'Pause', 'whichever way the dialog is closed');

    await tabTo(phone, words('Inbox'));
    await phone.keyboard.press('Enter');
    await until('a tab leads to the heading of its screen', () =>
      phone.evaluate(() => document.activeElement?.tagName === 'H1' && document.activeElement.textContent === 'Inbox'),
    );
  },
  120_000,
);

/** Goes past the screens of a walk with Tab alone; dialogs keep the focus, and are walked by themselves. */
async function reachable(j: Journey, walk: (j: Journey, look: Look, on: typeof PHONE) => Promise<void>, on: typeof PHONE): Promise<void> {
  const wrong: string[] = [];
  await walk(
    j,
    async (name, page) => {
      if (await page.locator('dialog[open]').count()) return;
      wrong.push(...(await keyboardWalk(page)).wrong.map((w) => `${name}: ${w}`));
    },
    on,
  );
  assert.deepEqual(wrong, []);
}

journey('every screen of a holder can be reached by keys, in its order', (j) => reachable(j, pastHolder, PHONE), LONG);
journey('every screen of a scanner can be reached by keys, in its order', (j) => reachable(j, pastScanner, PHONE), LONG);
journey('every screen of a worker can be reached by keys, in its order', (j) => reachable(j, pastDesk, DESKTOP), LONG);
journey('every screen of a manager can be reached by keys, in its order', (j) => reachable(j, pastManager, DESKTOP), LONG);
