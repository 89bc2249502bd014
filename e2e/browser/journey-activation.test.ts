import assert from 'node:assert/strict';
import { filmed, hold, putCamera } from './camera.ts';
import { journey } from './harness.ts';
import { activate, atDesk, codeOf, exactly, FAR_WORKER, issue, seePass, WORKER, words, writeDown } from './people.ts';
import { known, PHONE } from './real.ts';

const ESPOO = { year: '1987', postcode: '02100', children: '2' };
const KAINUU = { year: '1979', postcode: '87100', children: '0' };

journey('a link shows its code and uses nothing up until the holder says so', async (j) => {
  const code = known(j.demo.pass('issued, to be activated with a code').activation, 'code');
  const page = await j.page(`/activate#${code}`);
  const field = page.getByLabel(exactly('Code'));
  await page.getByText(words('It is used only when you tap Activate')).waitFor();
  assert.equal((await field.inputValue()).replace(/\s/g, ''), code);

  const elsewhere = await j.page(`/activate#${code}`);
  await elsewhere.getByRole('button', { name: exactly('Activate') }).click();
  await writeDown(elsewhere);
  await elsewhere.getByText(words('1 adult + 2 children')).waitFor();

  await page.getByRole('button', { name: exactly('Activate') }).click();
  await page.getByText(words('Another phone has used the code')).waitFor();
});

journey('a typed code is checked digit by digit, and each mix-up has its own sentence', async (j) => {
  const { activation, number } = j.demo.pass('another one to be activated');
  const code = known(activation, 'code');
  const page = await j.page('/');
  await page.getByRole('link', { name: exactly('Type the code') }).click();
  const field = page.getByLabel(exactly('Code'));
  const button = page.getByRole('button', { name: exactly('Activate') });
  const wrong = `${code.slice(0, 9)}${(Number(code[9]) + 1) % 10}`;
  for (const [typed, sentence] of [
    ['', 'Type the digits.'],
    [code.slice(0, 9), 'There should be 10 digits.'],
    [wrong, 'The code does not match.'],
    [number, 'This is the card number.'],
  ] as const) {
    await field.fill(typed);
    await button.click();
    await page.getByRole('alert').getByText(words(sentence)).waitFor();
  }
  await page.locator('.language select').selectOption('sv');
  await page.getByText(words('Det här är kortets nummer.')).waitFor(); // what is wrong is said in the language that is chosen now
  await page.locator('.language select').selectOption('en');
  await page.getByText(words('This is the card number.')).waitFor();
  await field.fill(`${code.slice(0, 3)} ${code.slice(3, 6)}-${code.slice(6)}`);
  await page.keyboard.press('Enter');
  await writeDown(page);
});

journey('the worker types the digits of the holder’s phone, and the phone becomes active by itself', async (j) => {
  const desk = await atDesk(j, WORKER);
  await issue(desk, ESPOO);
  const phone = await j.page('/');
  await phone.getByRole('link', { name: words('Read out digits on the telephone') }).click();
  const digits = known(await phone.locator('output.digits-shown').textContent(), 'digits');
  assert.match(digits.replace(/\s/g, ''), /^[1-4][0-9]{7}$/);
  await desk.getByText(words('The holder says the digits')).click();
  await desk.getByLabel(words('Digits from the holder’s phone')).fill(digits);
  await desk.getByRole('button', { name: exactly('Take into use') }).click();
  await desk.getByText(words('The card is on the holder’s phone.')).waitFor();
  await writeDown(phone);
  await phone.getByText(words('1 adult + 2 children')).waitFor();
});

journey('the holder’s camera reads the pattern on the worker’s screen', async (j) => {
  const desk = await atDesk(j, FAR_WORKER);
  const { code } = await issue(desk, KAINUU);
  const context = await j.context(PHONE);
  await putCamera(context);
  const phone = await context.newPage();
  await phone.goto('/');
  await phone.getByRole('link', { name: words('Scan the QR code') }).click();
  // Another app has the camera, and then lets go of it.
  await phone.evaluate(() => {
    const media = navigator.mediaDevices;
    const real = media.getUserMedia;
    media.getUserMedia = async () => {
      media.getUserMedia = real;
      throw new DOMException('busy', 'NotReadableError');
    };
  });
  await phone.getByRole('button', { name: words('Start the camera') }).click();
  await phone.getByText(words('The camera does not start.')).waitFor();
  await phone.getByRole('button', { name: exactly('Try again') }).click();
  await hold(phone, await filmed(desk.getByRole('img', { name: words('The code as a pattern') }), { turn: 7, tilt: [10, 4] }));
  await phone.getByText(words('The code has been read.')).waitFor();
  await desk.getByText(words('Waiting to be activated')).waitFor(); // seen is not used
  await phone.getByRole('button', { name: exactly('Activate') }).click();
  await writeDown(phone);
  await desk.getByText(words('The card is on the holder’s phone.')).waitFor();
  assert.equal(await phone.content().then((html) => html.includes(code)), false);
});

journey('the pass number and the recovery code bring a pass to a new phone', async (j) => {
  const { number, recovery } = j.demo.pass('active, with a recovery code');
  const page = await j.page('/');
  await page.getByRole('link', { name: words('Use the recovery code') }).click();
  const button = page.getByRole('button', { name: exactly('Activate') });
  await page.getByLabel(exactly('Card number')).fill(known(recovery, 'recovery code'));
  await page.getByLabel(exactly('Recovery code')).fill(number);
  await button.click();
  await page.getByText(words('This is a recovery code.')).waitFor();
  await page.getByText(words('This is the card number.')).waitFor();
  await page.getByLabel(exactly('Card number')).fill(number);
  await page.getByLabel(exactly('Recovery code')).fill(known(recovery, 'recovery code'));
  await button.click();
  const next = await writeDown(page);
  assert.match(next, /^0[0-9]{9}$/);
  assert.notEqual(next, recovery, 'each works once');
});

journey('a phone whose browser keeps no keys is told so, and paper is offered', async (j) => {
  const context = await j.context(PHONE);
  await context.addInitScript(() => {
    indexedDB.open = () => {
      throw new DOMException('not here', 'InvalidStateError');
    };
  });
  const page = await context.newPage();
  await page.goto('/activate');
  await page.getByLabel(exactly('Code')).fill(known(j.demo.pass('to be activated, in Kainuu').activation, 'code'));
  await page.getByRole('button', { name: exactly('Activate') }).click();
  await page.getByText(words('This browser cannot keep the card.')).waitFor();
  await page.getByText(words('You can also get the card on paper.')).waitFor();
  // Nothing was used up.
  const other = await j.page('/');
  await activate(other, known(j.demo.pass('to be activated, in Kainuu').activation, 'code'));
  assert.ok(await codeOf(other).isVisible());

  // A phone that has a pass and cannot read it is no empty phone.
  await other.addInitScript(() => {
    const open = indexedDB.open.bind(indexedDB);
    indexedDB.open = (...given) => {
      if (sessionStorage.getItem('mended')) return open(...given);
      throw new DOMException('not now', 'UnknownError');
    };
  });
  await other.reload();
  await other.getByText(words('The card cannot be read from the phone now.')).waitFor();
  assert.equal(await other.getByRole('link', { name: exactly('Type the code') }).count(), 0);
  await other.getByRole('link', { name: exactly('Paper card') }).waitFor();
  await other.evaluate(() => sessionStorage.setItem('mended', 'yes'));
  await other.getByRole('button', { name: exactly('Try again') }).click();
  await seePass(other);
});
