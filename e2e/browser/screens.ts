import type { BrowserContextOptions, Page } from 'playwright-core';
import { putCamera, takeAway } from './camera.ts';
import { answerOf, atDesk, enrol, exactly, holder, issue, MANAGER, openDoor, see, show, signIn, WORKER, words } from './people.ts';
import { DESKTOP, known, PHONE, type Room, until } from './real.ts';

// A walk past every screen of a role, and past the dialogs on it. Whoever walks looks at each in turn, and leaves the language as it was.

export type Look = (name: string, page: Page) => Promise<void>;

/** Goes to another screen of the page, as a tap on a link does. */
export async function turnTo(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
    scrollTo(0, 0);
  }, path);
  await settled(page);
}

/** Waits until a screen has what it was loading. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await until('the screen has loaded', () => page.evaluate(() => !document.querySelector('.skeleton, [aria-busy=true]')));
  // What is done after drawing, such as giving a field the focus, has been done after two frames.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** Chooses a language, also where a dialog lies over the choice. */
export async function speak(page: Page, language: 'fi' | 'sv' | 'en' | 'easy'): Promise<void> {
  await page.evaluate((to) => {
    const choices = [...document.querySelectorAll<HTMLSelectElement>('.language select')];
    const choice = choices.find((c) => c.checkVisibility()) ?? choices[0];
    if (!choice) throw new Error('this screen has no choice of language');
    choice.value = to;
    choice.dispatchEvent(new Event('change', { bubbles: true }));
  }, language);
  const html = language === 'easy' ? 'fi' : language;
  await until(`it speaks ${language}`, () =>
    page.evaluate(
      ([l, h]) => document.documentElement.lang === h && document.querySelector<HTMLSelectElement>('.language select')?.value === l,
      [language, html],
    ),
  );
}

/** Opens a dialog, looks at it, and closes it as Escape does. */
async function dialog(page: Page, button: string, name: string, look: Look): Promise<void> {
  await page
    .getByRole('button', { name: exactly(button) })
    .first()
    .click();
  const open = page.locator('dialog[open]');
  await open.waitFor();
  await settled(page);
  await look(name, page);
  await page.keyboard.press('Escape');
  await open.waitFor({ state: 'detached' }).catch(() => open.waitFor({ state: 'hidden' }));
}

async function past(page: Page, screens: Readonly<Record<string, string>>, look: Look): Promise<void> {
  for (const [name, path] of Object.entries(screens)) {
    await turnTo(page, path);
    await look(name, page);
  }
}

const OPEN_TO_ALL = {
  activate: '/activate',
  digits: '/my/digits',
  camera: '/my/camera',
  recover: '/my/recover',
  accessibility: '/my/accessibility',
  install: '/my/install',
  'new phone': '/my/new-phone',
  paper: '/my/paper',
  pictures: '/my/pictures',
  practice: '/my/practice',
  privacy: '/my/privacy',
  'text size': '/my/text-size',
};

/** Everything that a holder can come to. */
export async function pastHolder(j: Room, look: Look, options: BrowserContextOptions = PHONE): Promise<void> {
  const fresh = await j.page('/', options);
  await settled(fresh);
  await look('start', fresh);
  await past(fresh, OPEN_TO_ALL, look);
  await fresh.context().close();

  const page = await j.page('/activate', options);
  await page.getByLabel(exactly('Code')).fill(known(j.demo.pass('issued, to be activated with a code').activation, 'code'));
  await page.getByRole('button', { name: exactly('Activate') }).click();
  await page.getByRole('heading', { name: exactly('Write this down') }).waitFor();
  await look('recovery code', page);
  await page.getByRole('button', { name: exactly('I have written it down') }).click();
  await page.locator('canvas[data-code]').waitFor();
  await look('pass', page);
  await dialog(page, 'Enlarge the code', 'enlarged', look);
  await dialog(page, 'Say a code', 'say a code', look);
  await dialog(page, 'Add a name', 'name', look);
  await past(page, { bookings: '/my/reservations', inbox: '/my/inbox', data: '/my/data', erase: '/my/erase', more: '/my/more' }, look);
  await dialog(page, 'Ask to renew', 'renew', look);
  await dialog(page, 'Remove from this phone', 'remove', look);
  await page.context().setOffline(true);
  await turnTo(page, '/');
  await page.getByText(words('No network. Your card works.')).waitFor();
  await look('pass offline', page);
}

/** Everything that a steward can come to. */
export async function pastScanner(j: Room, look: Look, options: BrowserContextOptions = PHONE): Promise<void> {
  const context = await j.context(options);
  await putCamera(context);
  const before = await context.newPage();
  await before.goto('/scan');
  await settled(before);
  await look('set up', before);
  await before.close();
  const page = await enrol(j, MANAGER, context);
  await look('today', page);
  await past(page, { last: '/scan/last', settings: '/scan/settings' }, look);
  await dialog(page, 'Remove scanning from this device', 'remove', look);
  await past(page, { 'hand scanner': '/scan/reader', practice: '/scan/practice' }, look);
  for (const [button, face] of Object.entries({ Green: 'ok', Yellow: 'amber', Red: 'stop', Grey: 'other' })) {
    await page.getByRole('button', { name: exactly(button) }).click();
    await answerOf(page).waitFor();
    await look(`practice ${face}`, page);
    await page.getByRole('button', { name: exactly('Next') }).click();
  }
  await turnTo(page, '/scan');
  await openDoor(page);
  await look('door', page);
  await dialog(page, 'Type the code', 'type the code', look);
  const phone = await holder(j, 'another one to be activated');
  await show(phone, page);
  await see(page, 'ok', 'Welcome');
  await page.getByRole('checkbox').check(); // a touch keeps it on the screen
  await look('result ok', page);
  await takeAway(page);
  await page.getByRole('button', { name: exactly('Next') }).click();
  await turnTo(page, '/scan/last');
  await look('last with a row', page);
}

/** Everything that a worker can come to. */
export async function pastDesk(j: Room, look: Look, options: BrowserContextOptions = DESKTOP): Promise<void> {
  const out = await j.page('/desk', options);
  await settled(out);
  await look('sign in', out);
  await out.context().close();
  const page = await atDesk(j, WORKER, options);
  await settled(page);
  await look('cards', page);
  await past(page, { log: '/desk/log', account: '/desk/account', nowhere: '/desk/nowhere' }, look);
  await turnTo(page, '/desk/new');
  await page.getByLabel(words('Year of birth')).waitFor();
  await look('new', page);
  await page.getByRole('button', { name: exactly('Make the card') }).click();
  await look('new with faults', page);
  await issue(page, { year: '1987', postcode: '02100', children: '2' });
  await settled(page);
  await look('give', page);
  await page.getByRole('button', { name: exactly('Print the instructions') }).click();
  await page.getByRole('article').waitFor();
  await look('sheet', page);
  await page.getByRole('button', { name: exactly('Close') }).click();

  const worker = await j.demo.as(WORKER);
  const id = async (what: string): Promise<string> => {
    const found = await worker.ask<{ passes: { id: string }[] }>('GET', `/v1/passes?number=${j.demo.pass(what).number}`);
    return known(found.passes[0], what).id;
  };
  await turnTo(page, `/desk/pass/${await id('active on a phone')}`);
  await look('card', page);
  for (const deed of ['New phone', 'Lost: stop now', 'Renew for a year', 'Correct the facts', 'Pause', 'End the card', 'Erase all data']) {
    await dialog(page, deed, deed, look);
  }
  await past(page, { 'card suspended': `/desk/pass/${await id('suspended')}`, paper: `/desk/pass/${await id('on paper')}/paper` }, look);
  await page.getByRole('button', { name: exactly('Make a paper card') }).click();
  await page.getByRole('article').waitFor();
  await look('paper card', page);
}

/** Everything that a manager can come to. */
export async function pastManager(j: Room, look: Look, options: BrowserContextOptions = DESKTOP): Promise<void> {
  const page = await atOffice(j, MANAGER, options);
  const manager = await j.demo.as(MANAGER);
  const { offers } = await manager.ask<{ offers: { id: string; title: { en?: string } }[] }>('GET', '/v1/offers');
  const play = known(
    offers.find((o) => o.title.en?.includes('winter')),
    'play',
  );
  const { sessions } = await manager.ask<{ sessions: { id: string }[] }>('GET', `/v1/offers/${play.id}`);
  const offer = `/office/offers/${play.id}`;
  await past(
    page,
    {
      door: '/office',
      conflicts: '/office/conflicts',
      offers: '/office/offers',
      'new offer': '/office/offers/new',
      offer,
      'offer words': `${offer}/edit`,
      'new date': `${offer}/session`,
      'book for a paper': `${offer}/reserve/${known(sessions[0], 'session').id}`,
      scanners: '/office/scanners',
      'new scanner': '/office/scanners/new',
      people: '/office/people',
      invite: '/office/people/invite',
      more: '/office/more',
      log: '/office/log',
      account: '/office/account',
    },
    look,
  );
}

const COORDINATOR = 'espoo@demo.example';
const NATIONAL = 'kansallinen@demo.example';

/** What a coordinator comes to. */
export async function pastCoordinator(j: Room, look: Look, options: BrowserContextOptions = DESKTOP): Promise<void> {
  const page = await atOffice(j, COORDINATOR, options);
  await look('organisations', page);
  const first = page.locator('main a[href^="/office/organisations/"]:not([href$="/new"])').first();
  const organisation = known(await first.getAttribute('href'), 'organisation');
  await past(
    page,
    {
      organisation,
      'invite to it': `${organisation}/invite`,
      'new organisation': '/office/organisations/new',
      people: '/office/people',
      invite: '/office/people/invite',
      'invite many': '/office/people/table',
      rules: '/office/rules',
      'new rules': '/office/rules/new',
    },
    look,
  );
}

/** What only those who run all networks come to. */
export async function pastNational(j: Room, look: Look, options: BrowserContextOptions = DESKTOP): Promise<void> {
  const page = await atOffice(j, NATIONAL, options);
  await past(
    page,
    {
      networks: '/office',
      'new network': '/office/networks/new',
      network: '/office/networks/espoo',
      organisations: '/office/networks/espoo/organisations',
      'pop-ups': '/office/popups',
      people: '/office/people',
      invite: '/office/people/invite',
    },
    look,
  );
}

async function atOffice(j: Room, email: string, options: BrowserContextOptions): Promise<Page> {
  const page = await j.page('/office', options);
  await signIn(j, page, email);
  await settled(page);
  return page;
}
