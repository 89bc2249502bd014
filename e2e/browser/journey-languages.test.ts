import assert from 'node:assert/strict';
import { journey } from './harness.ts';
import { activate, exactly, seePass, signIn, WORKER, words } from './people.ts';
import { DESKTOP, known, PHONE, until } from './real.ts';
import { settled } from './screens.ts';

journey('a holder changes the language on the pass, and it stays chosen', async (j) => {
  const page = await j.page('/');
  await activate(page, known(j.demo.pass('issued, to be activated with a code').activation, 'code'));
  const says = {
    fi: 'Näytä kortti ovella',
    sv: 'Visa kortet vid ingången',
    en: 'Show your card at the door',
  };
  for (const [language, sentence] of Object.entries(says)) {
    await page.locator('.language select').selectOption(language);
    await page.getByRole('heading', { level: 1, name: words(sentence) }).waitFor();
    await page.locator(`html[lang=${language}]`).waitFor();
  }
  await page.locator('.language select').selectOption('easy');
  await page.locator('html[lang=fi]').waitFor();
  await page.locator('.language select').selectOption('sv');
  await page.getByRole('heading', { level: 1, name: words(says.sv) }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: words(says.sv) }).waitFor();
  // The service speaks it from now on, too: what it sends is in the holder's language.
  const screen = (path: string) =>
    page.evaluate((to) => {
      history.pushState(null, '', to); // within the app: each load of a page would have the phone prove its key again
      dispatchEvent(new PopStateEvent('popstate'));
    }, path);
  await until('the service speaks Swedish too', async () => {
    await screen('/my/more');
    await screen('/my/data');
    await settled(page);
    return page.getByRole('definition').filter({ hasText: 'Svenska' }).isVisible();
  });
});

journey('what a browser prefers is what it gets, and what was typed stays when the language changes', async (j) => {
  const finnish = await j.page('/', { ...PHONE, locale: 'fi-FI' });
  await finnish.getByRole('link', { name: exactly('Kirjoita koodi') }).waitFor();
  const swedish = await j.page('/', { ...PHONE, locale: 'sv-FI' });
  await swedish.getByRole('link', { name: exactly('Skriv koden') }).waitFor();
  const other = await j.page('/', { ...PHONE, locale: 'ar-EG' });
  await other.getByRole('link', { name: exactly('Kirjoita koodi') }).waitFor();

  const desk = await j.page('/desk/new', DESKTOP);
  await signIn(j, desk, WORKER);
  await desk.getByLabel(words('Year of birth')).fill('1987');
  await desk.locator('.language select').selectOption('sv');
  await desk.getByRole('heading', { level: 1, name: exactly('Nytt kort') }).waitFor();
  assert.equal(await desk.getByLabel(words('Födelseår')).inputValue(), '1987');
  assert.match(await desk.title(), /Nytt kort/);
});

journey('times and days are written as the language writes them', async (j) => {
  const page = await j.page('/');
  await activate(page, known(j.demo.pass('another one to be activated').activation, 'code'));
  await seePass(page);
  await page.getByText(/Valid until \d{1,2} [A-Z][a-z]{2,3} \d{4}/).waitFor();
  await page.locator('.language select').selectOption('fi');
  await page.getByText(/Voimassa \d{1,2}\.\d{1,2}\.\d{4} asti/).waitFor();
  await page.locator('.language select').selectOption('sv');
  await page.getByText(/Gäller till och med \d{1,2} \p{L}+\.? \d{4}/u).waitFor();
});
