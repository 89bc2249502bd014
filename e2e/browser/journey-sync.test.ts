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
  scannerCode,
  see,
  show,
  showAgain,
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

    // Who removes the scanner now is told what would be lost, and can think again.
    await left.goto('/scan');
    await left.getByRole('link', { name: exactly('Settings') }).click();
    await left.getByRole('button', { name: exactly('Remove scanning from this device') }).click();
    await left
      .getByRole('dialog')
      .getByRole('button', { name: exactly('Remove') })
      .click();
    await left.getByRole('dialog').getByText(words('1 scan could not be sent.')).waitFor();
    await left
      .getByRole('dialog')
      .getByRole('button', { name: exactly('Cancel') })
      .click();

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

journey('a code of another venue loses nothing that is unsent, unless somebody says so', async (j) => {
  const phone = await holder(j, 'of the ending pilot, to be activated');
  const scanner = await enrol(j);
  await scanner.route('**/v1/scans', (route) => route.abort());
  await scanner.route('**/v1/scans/uploads', (route) => route.abort());
  await openDoor(scanner);
  await show(phone, scanner);
  await see(scanner, 'amber', 'Welcome', 'No network. Checked later.');
  await next(scanner);
  await scanner.goto(`/scan#${await scannerCode(j, FAR_MANAGER)}`);
  await scanner.getByRole('button', { name: exactly('Set up') }).click();
  await scanner.getByText(words('The code is from another place. 1 scan has not been sent.')).waitFor();
  await scanner.getByRole('button', { name: exactly('Keep it as it is') }).click();
  await scanner.getByText(words('1 waiting to be sent')).waitFor();
  await scanner.unroute('**/v1/scans/uploads');
  await scanner.reload();
  await scanner.getByText(words('All sent')).waitFor();
});

journey('a welcome is taken back, and the same phone may come again', async (j) => {
  const phone = await holder(j, 'another one to be activated');
  const scanner = await enrol(j, FAR_MANAGER);
  await openDoor(scanner);
  await show(phone, scanner);
  await see(scanner, 'ok', 'Welcome');
  await scanner.getByRole('button', { name: exactly('Undo') }).click();
  await see(scanner, 'other', 'Undone', 'This visit is not counted.');
  await next(scanner);
  await showAgain(phone, scanner);
  await see(scanner, 'ok', 'Welcome');
  assert.equal(await answerOf(scanner).count(), 1);
});

journey('a slow network shows amber in time, and the answer that comes late changes nothing on the screen', async (j) => {
  const phone = await holder(j, 'to be activated, in Kainuu');
  const scanner = await enrol(j, MANAGER, undefined, { hasty: true });
  let goOn = (): void => undefined;
  const shown = new Promise<void>((done) => {
    goOn = done;
  });
  await scanner.route('**/v1/scans', async (route) => {
    await shown;
    await route.continue();
  });
  const answered = scanner.waitForResponse('**/v1/scans');
  await openDoor(scanner);
  await show(phone, scanner);
  await see(scanner, 'amber', 'Welcome', 'No network. Checked later.');
  goOn();
  await answered;
  await see(scanner, 'amber', 'Welcome');
  await next(scanner);
  await scanner.getByText(words('waiting to be sent')).waitFor({ state: 'hidden' });
});
