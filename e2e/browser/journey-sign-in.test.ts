import assert from 'node:assert/strict';
import { journey } from './harness.ts';
import { exactly, FAR_WORKER, signIn, WORKER, words } from './people.ts';
import { DESKTOP } from './real.ts';

journey('somebody who works signs in with two factors, is remembered, and signs out', async (j) => {
  const page = await j.page('/desk', DESKTOP);
  const button = page.getByRole('button', { name: exactly('Sign in') });
  await page.getByLabel(words('E-mail')).fill(WORKER);
  await page.getByLabel(exactly('Password')).fill('something else');
  await button.click();

  // The code is asked for whatever the password: nobody learns which of the two was wrong.
  const code = page.getByLabel(words('Code from the authenticator app'));
  await code.fill(await j.demo.code(FAR_WORKER));
  await button.click();
  await page.getByText(words('The e-mail, password or code is wrong')).waitFor();
  await page.getByLabel(exactly('Password')).fill(j.demo.guide.password);
  await code.fill(await j.demo.code(WORKER));
  await page.getByLabel(words('Remember this computer')).check();
  await button.click();
  await page.getByRole('link', { name: words('My account') }).click();
  await page.getByText(WORKER).waitFor();

  await page.reload();
  await page.getByText(WORKER).waitFor(); // the session lives in a cookie that no script can read
  assert.equal(await page.evaluate(() => document.cookie), '');
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage })), '{}');

  await page.getByRole('button', { name: exactly('Sign out') }).click();
  await page.getByLabel(words('E-mail')).fill(WORKER);
  await page.getByLabel(exactly('Password')).fill(j.demo.guide.password);
  await button.click();
  await page.getByRole('link', { name: words('My account') }).waitFor(); // without a code: the computer is remembered
});

journey('a computer that nobody touches signs out by itself, and gives back what was typed', async (j) => {
  const page = await j.page('/desk/new', DESKTOP);
  await signIn(j, page, FAR_WORKER, { remember: true });
  await page.getByLabel(words('Year of birth')).fill('1987');
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 5 * 3600_000;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await page.getByText(words('The session has ended')).waitFor();
  assert.equal(await page.getByLabel(words('Year of birth')).isVisible(), false);
  await page.getByLabel(words('E-mail')).fill(FAR_WORKER);
  await page.getByLabel(exactly('Password')).fill(j.demo.guide.password);
  await page.getByRole('button', { name: exactly('Sign in') }).click();
  await page.getByLabel(words('Year of birth')).waitFor();
  assert.equal(await page.getByLabel(words('Year of birth')).inputValue(), '1987');
});
