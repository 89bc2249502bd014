import assert from 'node:assert/strict';
import type { CDPSession, Page } from 'playwright-core';
import { greyOfPNG } from './film.ts';
import { decode, readyDecoder } from './frames.ts';
import { journey } from './harness.ts';
import { answerOf, codeOf, enrol, exactly, holder, next, openDoor, see, startCamera, words } from './people.ts';
import { known, until } from './real.ts';

// Doors without a camera that works: a hand reader that types, and digits that are said or printed.

/** What a reader with a US layout types, and what a Finnish keyboard makes of it: each key has a place, and another character. */
const FINNISH: Readonly<Record<string, readonly [code: string, key: string, shift?: boolean]>> = {
  ':': ['Semicolon', 'Ö', true],
  '/': ['Slash', '-'],
  '-': ['Minus', '+'],
  '+': ['Equal', 'Dead', true],
  '*': ['Digit8', '(', true],
  $: ['Digit4', '¤', true],
  '%': ['Digit5', '%', true],
  '.': ['Period', '.'],
  ' ': ['Space', ' '],
};

const keyOf = (c: string): readonly [string, string, boolean?] => {
  if (/\d/.test(c)) return [`Digit${c}`, c];
  return FINNISH[c] ?? [`Key${c}`, c, true];
};

/** Types as a hand reader does, key upon key: the next one waits for no answer to the one before. */
async function types(cdp: CDPSession, text: string): Promise<void> {
  const keys = [...text].map((c) => {
    const [code, key, shift] = keyOf(c);
    return { code, key, modifiers: shift ? 8 : 0 };
  });
  keys.push({ code: 'Enter', key: 'Enter', modifiers: 0 });
  await Promise.all(
    keys.flatMap((event) => (['keyDown', 'keyUp'] as const).map((type) => cdp.send('Input.dispatchKeyEvent', { type, ...event }))),
  );
}

/** What the code on a phone says. */
async function read(phone: Page): Promise<string> {
  return known(await decode(greyOfPNG(await codeOf(phone).screenshot())), 'code');
}

journey('a hand reader types what it reads, and a Finnish keyboard does no harm', async (j) => {
  await readyDecoder();
  const phone = await holder(j);
  const scanner = await enrol(j);
  await openDoor(scanner);
  const cdp = await scanner.context().newCDPSession(scanner);
  const text = await read(phone);
  assert.match(text, /^KP1:[0-9A-Z $%*+./:-]+$/);
  await types(cdp, text);
  await see(scanner, 'ok', 'Welcome', '1 adult');
});

journey('digits that are said let in once, and what is not for doors is told apart', async (j) => {
  const phone = await holder(j, 'another one to be activated');
  await phone.getByRole('button', { name: exactly('Say a code') }).click();
  const said = known(await phone.locator('dialog output').textContent(), 'digits');
  const scanner = await enrol(j);
  await openDoor(scanner);
  const type = async (digits: string): Promise<void> => {
    await scanner
      .getByRole('button', { name: exactly('Type the code') })
      .first()
      .click();
    await scanner.getByRole('dialog').getByLabel(exactly('Code')).fill(digits);
    await scanner.getByRole('button', { name: exactly('Check') }).click();
  };
  await type(j.demo.pass('another one to be activated').number);
  await scanner.getByText(words('This is the card’s number. It is not taken at the door.')).waitFor();
  await scanner.keyboard.press('Escape');
  await scanner
    .locator('button:focus')
    .filter({ hasText: words('Type the code') })
    .waitFor();
  await type(said);
  await see(scanner, 'ok', 'Welcome', 'Compare the name with an ID.');
  await next(scanner);
  await type(said);
  await see(scanner, 'stop');
  await answerOf(scanner).locator('h2:focus').waitFor(); // who hears the screen is where the answer is
  await next(scanner);
  await type(known(j.demo.pass('on paper').paper_number, 'number'));
  await see(scanner, 'ok', 'Welcome', 'Compare the name with an ID.');
  assert.equal(await answerOf(scanner).count(), 1);
});

journey('a camera that is taken away comes back by itself, its lamp dark, and says so when there is none', async (j) => {
  const scanner = await enrol(j);
  await scanner.addInitScript(putLamp);
  await scanner.goto('/scan/practice');
  await startCamera(scanner);
  await scanner.getByRole('button', { name: exactly('Light') }).click();
  await scanner.getByRole('button', { name: exactly('Light is on') }).waitFor();
  await lasts();
  await takeCamera(scanner);
  await until('there is another picture', () => hasPicture(scanner));
  await scanner.getByRole('button', { name: exactly('Light') }).waitFor();

  await lasts();
  await scanner.evaluate(() => {
    const { mediaDevices } = navigator;
    const { getUserMedia } = mediaDevices;
    mediaDevices.getUserMedia = async () => {
      throw new DOMException('it was unplugged', 'NotFoundError');
    };
    Object.assign(globalThis, { plugIn: () => Object.assign(mediaDevices, { getUserMedia }) });
  });
  await takeCamera(scanner);
  await scanner.getByText(words('This device has no camera.')).waitFor();
  await scanner.evaluate(() => void (globalThis as unknown as { plugIn: () => void }).plugIn());
  await scanner.getByRole('button', { name: exactly('Start the camera') }).click();
  await until('there is a picture again', () => hasPicture(scanner));
});

/** A picture that goes at once is another program's; this one has lasted for a while. */
const lasts = (): Promise<void> => new Promise((gone) => setTimeout(gone, 2500));

/** Gives every camera of a page a lamp, dark until it is lit. */
function putLamp(): void {
  const lit = new WeakSet<MediaStreamTrack>();
  const camera = MediaStreamTrack.prototype;
  const { getSettings } = camera;
  camera.getCapabilities = () => ({ torch: true }) as MediaTrackCapabilities;
  camera.applyConstraints = async function (wish) {
    const [{ torch } = {}] = (wish?.advanced ?? []) as { torch?: boolean }[];
    if (torch) lit.add(this);
    else lit.delete(this);
  };
  camera.getSettings = function () {
    return { ...getSettings.call(this), torch: lit.has(this) };
  };
}

/** Ends the picture as an unplugged camera does. */
const takeCamera = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const stream = document.querySelector('video')?.srcObject;
    const [track] = stream instanceof MediaStream ? stream.getVideoTracks() : [];
    track?.stop();
    track?.dispatchEvent(new Event('ended'));
  });

const hasPicture = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const stream = document.querySelector('video')?.srcObject;
    return stream instanceof MediaStream && stream.getVideoTracks()[0]?.readyState === 'live';
  });

journey('a blind holder hears nothing of the code that turns, and a blind steward each answer once', async (j) => {
  const phone = await holder(j, 'to be activated, in Kainuu');
  await phone.clock.install();
  await phone.reload();
  await codeOf(phone).waitFor();
  const picture = (page: Page) => codeOf(page).evaluate((c) => (c as HTMLCanvasElement).toDataURL());
  await phone.clock.runFor(1000);
  const before = await picture(phone);
  await listen(phone);
  await phone.clock.runFor(60_000);
  await until('the code has turned', async () => (await picture(phone)) !== before);
  assert.deepEqual(await heard(phone), []);

  const scanner = await enrol(j);
  await scanner.goto('/scan/practice');
  await listen(scanner);
  await scanner.getByRole('button', { name: exactly('Red') }).click();
  await answerOf(scanner).waitFor();
  const said = await heard(scanner);
  assert.equal(said.length, 1, said.join(' | '));
  assert.match(said[0] ?? '', /Already used/);
});

/** Notes what readers are told: what appears in a region that speaks. */
function listen(page: Page): Promise<void> {
  return page.evaluate(() => {
    const told: string[] = [];
    (globalThis as unknown as { told: string[] }).told = told;
    const speaks = '[role=status], [role=alert], [aria-live=polite], [aria-live=assertive], output';
    new MutationObserver((changes) => {
      const regions = new Set<Element>();
      for (const { target, addedNodes } of changes) {
        const at = (target instanceof Element ? target : target.parentElement)?.closest(speaks);
        if (at) regions.add(at);
        for (const node of addedNodes) {
          if (!(node instanceof Element)) continue;
          for (const region of [node, ...node.querySelectorAll('*')]) if (region.matches(speaks)) regions.add(region);
        }
      }
      for (const region of regions) if (region.textContent?.trim()) told.push(region.textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

const heard = (page: Page): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
