import { mkdirSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import {
  atDesk,
  codeOf,
  enrol,
  exactly,
  FAR_MANAGER,
  holder,
  keptOffline,
  next,
  openDoor,
  see,
  seePass,
  show,
  WORKER,
  words,
} from './people.ts';
import { readPNG, writePNG } from './png.ts';
import { DESKTOP, Demo, launch, PHONE, Room } from './real.ts';

// The pictures of docs/screenshots: the main screens at the size of a phone, and the demo's stage.

const FOLDER = 'docs/screenshots';

async function picture(page: Page, name: string): Promise<void> {
  const file = writePNG(readPNG(await page.screenshot()));
  writeFileSync(`${FOLDER}/${name}.png`, file);
  process.stdout.write(`${FOLDER}/${name}.png ${Math.ceil(file.length / 1000)} kB\n`);
}

async function atTheDesk(room: Room): Promise<void> {
  const desk = await atDesk(room, WORKER, PHONE);
  await desk.goto('/desk/new');
  await desk.getByLabel(words('Year of birth')).fill('1987');
  await desk.getByLabel(exactly('Postcode')).fill('02100');
  await desk.getByRole('textbox', { name: words('Children under 18') }).fill('2');
  await picture(desk, 'new-card');
}

async function withTheHolder(room: Room): Promise<Page> {
  const phone = await holder(room);
  await phone.reload(); // what is said once has been said
  await seePass(phone);
  await picture(phone, 'pass');
  return phone;
}

async function atTheDoor(room: Room, phone: Page): Promise<void> {
  const scanner = await enrol(room);
  await picture(scanner, 'today');
  await openDoor(scanner);
  await show(phone, scanner);
  await see(scanner, 'ok', 'Welcome');
  await scanner.getByRole('radio', { name: '2' }).check({ force: true });
  await see(scanner, 'ok', '1 adult + 2 children');
  await picture(scanner, 'welcome');
  await next(scanner);
  const other = await enrol(room, FAR_MANAGER);
  await keptOffline(other, 'scan');
  await openDoor(other);
  await other.context().setOffline(true);
  await show(phone, other);
  await see(other, 'amber', 'Welcome');
  await other.getByRole('checkbox').focus(); // somebody is at work on it: it stays
  await picture(other, 'amber');
}

async function refused(room: Room, phone: Page): Promise<void> {
  const scanner = await enrol(room);
  await openDoor(scanner);
  await phone.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))); // a new code
  await show(codeOf(phone), scanner);
  await see(scanner, 'stop', 'Already used');
  await picture(scanner, 'refused');
}

async function theStage(room: Room): Promise<void> {
  const page = await (await room.context({ ...DESKTOP, viewport: { width: 1440, height: 1000 } })).newPage();
  await page.goto(room.demo.page);
  await page.getByRole('button', { name: exactly('Start') }).click();
  await page.getByRole('heading', { name: words('Step 1 of 7') }).waitFor();
  await page.frameLocator('iframe[name=venue]').getByText(words('Ready without network')).waitFor();
  await page
    .frameLocator('iframe[name=worker]')
    .getByRole('link', { name: words('My account') })
    .waitFor();
  await page
    .frameLocator('iframe[name=holder]')
    .getByRole('link', { name: exactly('Type the code') })
    .waitFor();
  await picture(page, 'stage');
}

mkdirSync(FOLDER, { recursive: true });
const demo = new Demo();
try {
  await demo.start();
  const browser = await launch();
  const room = new Room(demo, browser);
  try {
    await atTheDesk(room);
    const phone = await withTheHolder(room);
    await atTheDoor(room, phone);
    await refused(room, phone);
    await theStage(room);
  } finally {
    await browser.close();
  }
} finally {
  await demo.end();
}
