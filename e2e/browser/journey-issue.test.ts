import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { greyOfPNG } from './film.ts';
import { decode, readyDecoder } from './frames.ts';
import { journey } from './harness.ts';
import { atDesk, enrol, exactly, FAR_WORKER, given, issue, openDoor, see, seePass, show, WORKER, words, writeDown } from './people.ts';
import { known, until } from './real.ts';

/** Counts what a worker's hand does. */
async function counted(page: Page): Promise<() => Promise<{ keys: number; taps: number }>> {
  await page.evaluate(() => {
    const count = { keys: 0, taps: 0 };
    (globalThis as unknown as { count: typeof count }).count = count;
    addEventListener('keydown', () => count.keys++, true);
    addEventListener('pointerdown', () => count.taps++, true);
  });
  return () => page.evaluate(() => (globalThis as unknown as { count: { keys: number; taps: number } }).count);
}

journey('a card is made with at most twelve key presses and one tap', async (j) => {
  const desk = await atDesk(j, WORKER);
  const count = await counted(desk);
  await desk.keyboard.press('n');
  await desk.getByLabel(words('Year of birth')).waitFor();
  await desk.keyboard.type('1987');
  await desk.keyboard.type('02100');
  await desk.getByText('Espoo').first().waitFor();
  await desk.keyboard.type('2');
  await desk.getByRole('button', { name: exactly('Make the card') }).click();
  await given(desk);
  const { keys, taps } = await count();
  j.t.diagnostic(`${keys} key presses, ${taps} tap`);
  assert.ok(keys <= 12 && taps <= 1, `${keys} key presses and ${taps} taps`);
  await desk.getByText(words('Waiting to be activated')).waitFor();

  // The number goes to the worker's own records; nothing about a person is in the address or the title.
  await desk.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await desk.getByRole('button', { name: exactly('Copy number to your own records') }).click();
  const { number } = await given(desk);
  assert.equal((await desk.evaluate(() => navigator.clipboard.readText())).replace(/\s/g, ''), number);
  assert.equal(`${desk.url()} ${await desk.title()}`.includes(number), false);
  await desk.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('not here', 'NotAllowedError'));
  });
  await desk.getByRole('button', { name: words('Copy the link') }).click();
  await desk.getByText(words('Copying did not work.')).waitFor();
});

journey('the form is locked while a card is being made, and is there again where none was', async (j) => {
  const desk = await atDesk(j, WORKER);
  let answer = () => {};
  const asked = new Promise<void>((done) => {
    answer = done;
  });
  await desk.route('**/v1/passes', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    await asked;
    return route.fulfill({ status: 409, contentType: 'application/problem+json', body: '{"code":"network_not_running"}' });
  });
  await desk.goto('/desk/new');
  const year = desk.getByLabel(words('Year of birth'));
  const children = desk.getByRole('textbox', { name: words('Children under 18') });
  await year.fill('1987');
  await desk.getByLabel(exactly('Postcode')).fill('02100');
  await children.fill('2');
  await children.press('Enter');
  await until('nothing can be changed', () => year.isDisabled());
  answer();
  await desk.getByText(words('The area is not running now.')).waitFor();
  assert.equal(await year.isEditable(), true);
  assert.equal(await year.inputValue(), '1987');
  await until('one goes on where one was', () => children.evaluate((field) => field === document.activeElement));
});

journey(
  'a card is handed over as a printed sheet, in the holder’s language and with all that is needed',
  async (j) => {
    await readyDecoder();
    const desk = await atDesk(j, FAR_WORKER);
    await desk.addInitScript(() => {
      globalThis.print = () => document.documentElement.setAttribute('data-printed', '');
    });
    await desk.goto('/desk/new');
    await desk.getByLabel(words('Year of birth')).fill('1951');
    await desk.getByLabel(exactly('Postcode')).fill('87100');
    await desk.getByRole('textbox', { name: words('Children under 18') }).fill('0');
    await desk.getByLabel(words('Holder’s language')).selectOption('sv');
    await desk.getByRole('button', { name: exactly('Make the card') }).click();
    const { code, number } = await given(desk);
    await desk.getByRole('button', { name: exactly('Print the instructions') }).click();
    const sheet = desk.getByRole('article');
    await sheet.waitFor();
    assert.equal(await sheet.getAttribute('lang'), 'sv');
    await sheet.getByText(words('Ta kortet i bruk')).waitFor();
    await desk.getByRole('button', { name: exactly('Print') }).click();
    assert.equal(await desk.locator('html').getAttribute('data-printed'), '');

    await desk.emulateMedia({ media: 'print' });
    assert.equal(await desk.getByRole('banner').isVisible(), false);
    assert.equal(await desk.getByRole('button', { name: exactly('Print') }).isVisible(), false);
    const text = known(await sheet.textContent(), 'text').replace(/\s/g, '');
    assert.ok(text.includes(code) && text.includes(number));
    const picture = await sheet.getByRole('img').first().screenshot();
    assert.equal(await decode(greyOfPNG(picture)), `${j.demo.url}/activate#${code}`);
    for (const format of ['A4', 'A5']) {
      const pdf = (await desk.pdf({ format, preferCSSPageSize: false })).toString('latin1');
      assert.equal(pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length, 1, `${format}: one page`);
    }

    const recovery = known(/0\d{9}/.exec(text.replace(code, '').replace(number, '')), 'recovery code')[0];
    const phone = await j.page(`/activate#${code}`);
    await phone.getByRole('button', { name: exactly('Activate') }).click();
    await seePass(phone); // the recovery code is on the sheet already
    const other = await j.page('/my/recover');
    await other.getByLabel(exactly('Card number')).fill(number);
    await other.getByLabel(exactly('Recovery code')).fill(recovery);
    await other.getByRole('button', { name: exactly('Activate') }).click();
    await writeDown(other);
  },
  120_000,
);

journey(
  'a paper card is printed, and is welcome at a door',
  async (j) => {
    await readyDecoder();
    const desk = await atDesk(j, 'pilotti@demo.example');
    await issue(desk, { year: '1948', postcode: '53100', children: '0' });
    await desk.getByRole('link', { name: exactly('Paper card') }).click();
    await desk.getByRole('button', { name: exactly('Make a paper card') }).click();
    const card = desk.getByRole('article');
    await card.waitFor();
    await desk.emulateMedia({ media: 'print' });
    const picture = card.getByRole('img').first();
    assert.match(known(await decode(greyOfPNG(await picture.screenshot())), 'code'), /^KPP:/);

    const scanner = await enrol(j);
    await openDoor(scanner);
    await show(picture, scanner);
    await see(scanner, 'ok', 'Welcome', 'Compare the name with an ID.');
  },
  120_000,
);
