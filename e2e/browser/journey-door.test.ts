import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { filmed, hold } from './camera.ts';
import { darkness, type Shot, writeFilm } from './film.ts';
import { type Journey, journey } from './harness.ts';
import { activate, answerOf, codeOf, enrol, exactly, holder, next, openDoor, see, show, showAgain, words } from './people.ts';
import { known, later, PHONE } from './real.ts';

/** A scanner in a browser whose camera plays a film; what is on the film is decided before the door is opened. */
async function withFilm(j: Journey, walk: (scanner: Page, film: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kaikukortti-film-'));
  try {
    const film = join(folder, 'door.y4m');
    writeFilm(film, [darkness()]);
    const browser = await j.launch(`--use-file-for-fake-video-capture=${film}`);
    await walk(await enrol(j, undefined, await j.context(PHONE, browser)), film);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Films a holder's screen, with a hand that is not quite still. */
async function film(phone: Page, path: string, shot: Shot = {}): Promise<void> {
  const turns = [-3, -1, 1, 3];
  writeFilm(
    path,
    await Promise.all(turns.map((turn, i) => filmed(codeOf(phone), { turn, tilt: [6, -4], noise: 2, seed: i + 1, ...shot }))),
  );
}

journey('the pass on one phone is filmed, and the scanner of another admits it', async (j) => {
  const phone = await holder(j);
  await withFilm(j, async (scanner, path) => {
    await film(phone, path);
    await openDoor(scanner);
    await see(scanner, 'ok', 'Welcome', '1 adult');
    await scanner.getByText(exactly('2'), { exact: true }).click();
    await see(scanner, 'ok', '1 adult + 2 children');
    await scanner.getByRole('link', { name: exactly('Back') }).waitFor({ state: 'attached' });
  });
});

journey('the same film is admitted by nobody when it is blurred', async (j) => {
  const phone = await holder(j, 'another one to be activated');
  await withFilm(j, async (scanner, path) => {
    await film(phone, path, { blur: 8 });
    await openDoor(scanner);
    await scanner.getByText(words('Closer, or more light.')).waitFor({ timeout: 60_000 }); // it is said after ten seconds
    assert.equal(await answerOf(scanner).count(), 0);
  });
});

journey('a code counts once at a session, and a family is one tap', async (j) => {
  const phone = await j.page('/');
  await activate(phone, known(j.demo.pass('to be activated, in Kainuu').activation, 'code'));
  const scanner = await enrol(j);
  await openDoor(scanner);
  const shown = await filmed(codeOf(phone));
  await hold(scanner, shown);
  await see(scanner, 'ok', 'Welcome', '1 adult');
  await scanner.getByRole('radio', { name: '3' }).check({ force: true });
  await see(scanner, 'ok', '1 adult + 3 children');
  await next(scanner);
  await showAgain(phone, scanner);
  await see(scanner, 'stop', 'Already used', 'At this event at');
});

journey('a film that is older than the window is refused', async (j) => {
  const phone = await holder(j, 'of the ending pilot, to be activated');
  const old = await filmed(codeOf(phone));
  await j.demo.stop();
  await j.demo.start(2 * 60_000); // two minutes later for the server, and so for every clock that it corrects
  const scanner = await enrol(j);
  await openDoor(scanner);
  await hold(scanner, old);
  await see(scanner, 'stop', 'Old code', 'Ask them to open the card again.');
  await next(scanner);
  await later(phone.context(), 2 * 60_000);
  await phone.reload();
  await show(phone, scanner);
  await see(scanner, 'ok', 'Welcome');
});
