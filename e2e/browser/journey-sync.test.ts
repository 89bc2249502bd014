import assert from 'node:assert/strict';
import { journey } from './harness.ts';
import {
  answerOf,
  enrol,
  exactly,
  FAR_MANAGER,
  holder,
  keptOffline,
  MANAGER,
  next,
  openDoor,
  reloadOffline,
  see,
  show,
  signIn,
  words,
} from './people.ts';
import { DESKTOP } from './real.ts';

journey(
  'what two doors decided without a network is sent, and what does not fit is told in neutral words',
  async (j) => {
    const phone = await holder(j);
    const left = await enrol(j);
    const right = await enrol(j);
    for (const scanner of [left, right]) {
      await keptOffline(scanner, 'scan');
      await reloadOffline(scanner);
      await openDoor(scanner);
      await show(phone, scanner);
      await see(scanner, 'amber', 'Welcome', 'No network. Checked later.', '1 waiting to be sent');
      await next(scanner);
      await scanner.reload();
      await scanner.getByText(words('1 waiting to be sent')).waitFor(); // a reload loses nothing
    }

    await left.context().setOffline(false);
    await left.goto('/scan');
    await left.getByText(words('All sent')).waitFor();
    await right.context().setOffline(false);
    await right.goto('/scan');
    await right.getByText(words('All sent')).waitFor();
    await right
      .getByRole('link', { name: words('Check these: 1') })
      .first()
      .click();
    await right.getByText(words('The same card was shown at two doors at')).waitFor();
    await right.getByRole('button', { name: exactly('OK') }).click();
    await right.getByRole('heading', { name: exactly('Check these') }).waitFor({ state: 'detached' });
    await left.getByRole('link', { name: exactly('Last scans') }).click();
    assert.equal(await left.getByRole('heading', { name: exactly('Check these') }).count(), 0);

    const office = await j.page('/office', DESKTOP);
    await signIn(j, office, MANAGER);
    await office.goto('/office/conflicts');
    await office.getByText(words('The same card was shown at two doors at')).waitFor();
    await office.getByRole('button', { name: words('OK') }).click();
    await office.getByText(words('Nothing to check.')).waitFor();
    await office.reload();
    await office.getByText(words('1 read')).waitFor();
  },
  180_000,
);

journey('a welcome is taken back, and the same phone may come again', async (j) => {
  const phone = await holder(j, 'another one to be activated');
  const scanner = await enrol(j, FAR_MANAGER);
  await openDoor(scanner);
  await show(phone, scanner);
  await see(scanner, 'ok', 'Welcome');
  await scanner.getByRole('button', { name: exactly('Undo') }).click();
  await see(scanner, 'other', 'Undone', 'This visit is not counted.');
  await next(scanner);
  await new Promise((gone) => setTimeout(gone, 5500)); // within five seconds it is the same showing
  await show(phone, scanner);
  await see(scanner, 'ok', 'Welcome');
  assert.equal(await answerOf(scanner).count(), 1);
});

journey('a slow network shows amber in time, and the answer that comes late changes nothing on the screen', async (j) => {
  const phone = await holder(j, 'to be activated, in Kainuu');
  const scanner = await enrol(j);
  await scanner.route('**/v1/scans', async (route) => {
    await new Promise((late) => setTimeout(late, 2500));
    await route.continue();
  });
  await openDoor(scanner);
  await show(phone, scanner);
  await see(scanner, 'amber', 'Welcome', 'No network. Checked later.');
  await scanner.waitForResponse('**/v1/scans');
  await see(scanner, 'amber', 'Welcome');
  await next(scanner);
  await scanner.getByText(words('waiting to be sent')).waitFor({ state: 'hidden' });
});
