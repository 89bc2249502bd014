import assert from 'node:assert/strict';
import type { FrameLocator, Page } from 'playwright-core';
import { journey } from './harness.ts';
import { exactly, words } from './people.ts';
import { DESKTOP, known } from './real.ts';
import { faults } from './seeing.ts';

/** The step that the page is at. */
const at = (page: Page, n: number): Promise<void> => page.getByRole('heading', { level: 2, name: words(`Step ${n} of 7`) }).waitFor();

/** The answer on the door's phone. */
async function says(door: FrameLocator, face: string, ...sentences: string[]): Promise<void> {
  let answer = door.locator(`section[data-face=${face}]`);
  for (const sentence of sentences) answer = answer.filter({ hasText: words(sentence) });
  await answer.waitFor(); // all at once: a welcome goes by itself
}

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name: exactly(name) }).click();

journey(
  'a visitor who knows nothing follows the seven steps and has played all three',
  async (j) => {
    const context = await j.context({ ...DESKTOP, viewport: { width: 1440, height: 1000 } });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    await page.goto(j.demo.page);
    await page.getByRole('heading', { level: 1, name: exactly('Try it in seven steps') }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await faults(page), []);
    }
    await press(page, 'Start');
    const [worker, phone, door] = (['worker', 'holder', 'venue'] as const).map((name) => page.frameLocator(`iframe[name=${name}]`)) as [
      FrameLocator,
      FrameLocator,
      FrameLocator,
    ];

    await at(page, 1);
    await worker
      .getByRole('link', { name: words('New card') })
      .first()
      .click();
    await worker.getByLabel(words('Year of birth')).fill('1987');
    await worker.getByLabel(exactly('Postcode')).fill('02100');
    await worker.getByRole('button', { name: exactly('Make the card') }).click();

    await at(page, 2);
    const code = known(await worker.locator('output[data-code]').getAttribute('data-code'), 'code');
    await phone.getByRole('link', { name: exactly('Type the code') }).click();
    await phone.getByLabel(exactly('Code')).fill(code);
    await phone.getByRole('button', { name: exactly('Activate') }).click();
    await phone.getByRole('button', { name: exactly('I have written it down') }).click();
    await phone.locator('canvas[data-code]').waitFor();

    await at(page, 3);
    await door
      .getByRole('button', { name: words('Scan') })
      .first()
      .click();
    await door.getByRole('button', { name: exactly('Start the camera') }).click();
    await press(page, 'Hold to scanner');
    await says(door, 'ok', 'Welcome', '1 adult');

    await at(page, 4);
    await press(page, 'Hold the old picture to scanner'); // it waits until the picture is too old: a minute
    await door.locator('section[data-face=stop]').waitFor({ timeout: 90_000 });
    await says(door, 'stop', 'Old code');

    await at(page, 5);
    await press(page, 'Take both networks away');
    await phone.getByText(words('No network. Your card works.')).waitFor();
    await press(page, 'Hold to scanner');
    await says(door, 'amber', 'Welcome', 'No network. Checked later.');
    await press(page, 'Bring the network back');

    await at(page, 6);
    await press(page, 'Lose the phone');
    await worker.getByRole('link', { name: exactly('Open the card') }).click();
    await worker.getByRole('button', { name: exactly('Lost: stop now') }).click();
    await worker
      .getByRole('dialog')
      .getByRole('button', { name: exactly('Stop the phone now') })
      .click();
    await press(page, 'Hold to scanner');
    await says(door, 'stop', 'Not in use');

    await at(page, 7);
    await press(page, 'Show what the server knows');
    await page.getByRole('heading', { name: exactly('The server keeps') }).waitFor();
    await page.getByText('birth_year: 1987').first().waitFor();
    assert.deepEqual(await faults(page), []);
    await press(page, 'Back to the phones');
    assert.equal(await page.locator('li.done').count(), 7);
  },
  240_000,
);
