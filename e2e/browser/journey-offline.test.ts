import assert from 'node:assert/strict';
import { journey } from './harness.ts';
import { answerOf, codeOf, enrol, holder, keptOffline, next, openDoor, reloadOffline, see, seePass, show, words } from './people.ts';
import { later } from './real.ts';

const DAY = 86_400_000;

journey(
  'a list of a day ago is marked, and one of eight days ago welcomes nobody',
  async (j) => {
    const phone = await holder(j, 'another one to be activated');
    const scanner = await enrol(j);
    await keptOffline(scanner, 'scan');
    await keptOffline(phone, 'holder');
    await later(phone.context(), 2 * DAY);
    await later(scanner.context(), 2 * DAY);
    await reloadOffline(phone);
    await reloadOffline(scanner);
    await scanner.getByText(words('The list is old (2 days). Go online.')).waitFor();
    await openDoor(scanner);
    await show(phone, scanner);
    await see(scanner, 'amber', 'Welcome', 'No network. Checked later.', 'The list is old (2 days).');
    await next(scanner);
    await later(phone.context(), 5.5 * DAY);
    await later(scanner.context(), 5.5 * DAY);
    await reloadOffline(phone);
    await scanner.goto('/scan');
    await scanner.getByText(words('The list is over a week old.')).waitFor();
    await openDoor(scanner);
    await show(phone, scanner);
    await see(scanner, 'other', 'Network needed', 'It has to fetch its list.');
  },
  180_000,
);

journey(
  'neither side has a network, on the day itself and thirteen and fifteen days later',
  async (j) => {
    const phone = await holder(j);
    const scanner = await enrol(j);
    await keptOffline(phone, 'holder');
    await keptOffline(scanner, 'scan');

    // Day 0: there is no server at all, and both begin anew.
    await j.demo.stop();
    await reloadOffline(phone);
    await reloadOffline(scanner);
    await seePass(phone);
    await phone.getByText(words('No network. Your card works.')).waitFor();
    await scanner.getByText(words('No network. Scanning works.')).waitFor();
    await openDoor(scanner);
    await show(phone, scanner);
    await see(scanner, 'amber', 'Welcome', 'No network. Checked later.', '1 adult', '1 waiting to be sent');
    await next(scanner);

    // Day 13: the scanner has been in contact, the phone has not since it was activated.
    await j.demo.start(13 * DAY);
    await later(phone.context(), 13 * DAY);
    await later(scanner.context(), 13 * DAY);
    await scanner.context().setOffline(false);
    await scanner.goto('/scan');
    await scanner.getByText(words('The network works')).waitFor();
    await scanner.getByText(words('All sent')).waitFor();
    await scanner.getByText(words('Ready without network')).waitFor();
    await reloadOffline(phone);
    await reloadOffline(scanner);
    await seePass(phone);
    await phone.getByText(words('Open your card online by')).waitFor();
    await openDoor(scanner);
    await show(phone, scanner);
    await see(scanner, 'amber', 'Welcome', 'No network. Checked later.');
    await next(scanner);

    // Day 15: what the phone holds has ended. Only a network can say more.
    await j.demo.stop();
    await j.demo.start(15 * DAY);
    await later(phone.context(), 2 * DAY);
    await later(scanner.context(), 2 * DAY);
    await scanner.context().setOffline(false);
    await scanner.goto('/scan');
    await scanner.getByText(words('All sent')).waitFor();
    await reloadOffline(phone);
    await reloadOffline(scanner);
    await phone.getByText(words('Open your card online. Until then the door needs a network.')).waitFor();
    await openDoor(scanner);
    await show(phone, scanner);
    await see(scanner, 'other', 'Network needed', 'Open the card once with network.');
    await next(scanner);

    // With a network on the scanner's side alone the same phone is welcome; and once it has one itself, without.
    await scanner.context().setOffline(false);
    await scanner.goto('/scan');
    await scanner.getByText(words('The network works')).waitFor();
    await openDoor(scanner);
    await show(phone, scanner);
    await see(scanner, 'ok', 'Welcome');
    await next(scanner);
    await phone.getByText(words('Open your card online.')).waitFor();
    await phone.context().setOffline(false);
    await phone.reload();
    await phone.getByText(words('Works without network until')).waitFor();
    assert.ok(await codeOf(phone).isVisible());
    assert.equal(await answerOf(scanner).count(), 0);
  },
  240_000,
);
