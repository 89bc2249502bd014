import assert from 'node:assert/strict';
import { filmed, hold } from './camera.ts';
import { journey } from './harness.ts';
import { atDesk, codeOf, enrol, exactly, given, holder, issue, next, openDoor, see, seePass, show, words, writeDown } from './people.ts';

journey(
  'a phone is lost on a Saturday: number and recovery code bring the pass to another one',
  async (j) => {
    const what = 'issued, to be activated with a code';
    const old = await j.page('/activate');
    await old.getByLabel(exactly('Code')).fill(j.demo.pass(what).activation ?? '');
    await old.getByRole('button', { name: exactly('Activate') }).click();
    const recovery = await writeDown(old);
    const picture = await filmed(codeOf(old));

    const fresh = await j.page('/my/recover');
    await fresh.getByLabel(exactly('Card number')).fill(j.demo.pass(what).number);
    await fresh.getByLabel(exactly('Recovery code')).fill(recovery);
    await fresh.getByRole('button', { name: exactly('Activate') }).click();
    assert.notEqual(await writeDown(fresh), recovery);

    const scanner = await enrol(j);
    await openDoor(scanner);
    await hold(scanner, picture);
    await see(scanner, 'stop', 'Not in use', 'Is there a newer card on the phone?');
    await next(scanner);
    await show(fresh, scanner);
    await see(scanner, 'ok', 'Welcome');

    await old.reload();
    await old.getByText(words('Your card is not on this phone.')).waitFor();
    await fresh.getByRole('link', { name: words('Inbox') }).click();
    await fresh.getByText(words('The recovery code was used')).first().waitFor();
  },
  120_000,
);

journey(
  'a worker stops a lost phone, hands the pass to a new one, and doors without a network know it',
  async (j) => {
    const desk = await atDesk(j);
    const { code } = await issue(desk, { year: '1990', postcode: '02100', children: '0' });
    const old = await j.page('/activate');
    await old.getByLabel(exactly('Code')).fill(code);
    await old.getByRole('button', { name: exactly('Activate') }).click();
    await writeDown(old);
    await desk.getByRole('link', { name: exactly('Open the card') }).click();
    await desk.getByRole('button', { name: exactly('Lost: stop now') }).click();
    await desk
      .getByRole('dialog')
      .getByRole('button', { name: exactly('Stop the phone now') })
      .click();
    await desk.getByText(words('The card does not work on the lost phone any more.')).waitFor();

    const scanner = await enrol(j); // its list is from now
    await openDoor(scanner);
    await scanner.context().setOffline(true);
    await hold(scanner, await filmed(codeOf(old)));
    await see(scanner, 'stop', 'Not in use');
    await next(scanner);
    await scanner.context().setOffline(false);

    await desk.getByRole('button', { name: exactly('Give the code') }).click();
    await desk.getByRole('button', { name: exactly('Make a code') }).click();
    const again = await given(desk);
    const fresh = await j.page(`/activate#${again.code}`);
    await fresh.getByRole('button', { name: exactly('Activate') }).click();
    await seePass(fresh);
    await show(fresh, scanner);
    await see(scanner, 'ok', 'Welcome');
  },
  120_000,
);

journey('a new phone takes over only when it is active, and a worker can undo it', async (j) => {
  const old = await holder(j, 'to be activated, in Kainuu');
  const worker = await j.demo.as('sote@demo.example');
  const { number } = j.demo.pass('to be activated, in Kainuu');
  const { passes } = await worker.ask<{ passes: { id: string }[] }>('GET', `/v1/passes?number=${number}`);
  const id = passes[0]?.id ?? '';
  const { code } = await worker.ask<{ code: string }>('POST', `/v1/passes/${id}/new-phone`, {});
  await old.reload();
  await seePass(old);
  const fresh = await j.page(`/activate#${code}`);
  await fresh.getByRole('button', { name: exactly('Activate') }).click();
  await seePass(fresh);
  await old.reload();
  await old.getByText(words('Your card is not on this phone.')).waitFor();
  await worker.ask('POST', `/v1/passes/${id}/undo-replacement`, {});
  await old.reload();
  await seePass(old);
  await fresh.reload();
  await fresh.getByText(words('Your card is not on this phone.')).waitFor();
});
