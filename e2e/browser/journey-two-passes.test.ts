import assert from 'node:assert/strict';
import { journey } from './harness.ts';
import { activate, codeOf, exactly, holder, seePass, words } from './people.ts';
import { known, until } from './real.ts';

journey('two passes live on one phone: one tap changes, and one goes without the other', async (j) => {
  const phone = await holder(j); // with two children
  await phone.getByRole('link', { name: exactly('More') }).click();
  await phone.getByRole('link', { name: exactly('Add another card') }).click();
  await activate(phone, known(j.demo.pass('to be activated, in Kainuu').activation, 'code')); // with three
  await phone.getByText(words('1 adult + 3 children')).waitFor();

  const focused = () => phone.evaluate(() => document.activeElement?.textContent);
  await phone.getByRole('button', { name: exactly('Card 1') }).click();
  await phone.getByText(words('1 adult + 2 children')).waitFor();
  assert.equal(await focused(), 'Card 1', 'whoever changes the card by keys can change it back');
  assert.equal(await phone.getByRole('button', { name: exactly('Card 1') }).getAttribute('aria-pressed'), 'true');
  await phone.reload();
  await phone.getByText(words('1 adult + 2 children')).waitFor(); // what was shown last is shown first

  // A name stays here, and is seen only when it is asked for.
  const sent: string[] = [];
  phone.on('request', (r) => sent.push(`${r.url()} ${r.postData() ?? ''} ${JSON.stringify(r.headers())}`));
  await phone.getByRole('button', { name: exactly('Add a name') }).click();
  await phone.getByLabel(exactly('Name')).fill('Aino Esimerkki');
  await phone.getByLabel(exactly('Greeting')).fill('Good evening!');
  await phone.getByRole('button', { name: exactly('Save') }).click();
  await phone.getByRole('button', { name: exactly('Good evening!') }).waitFor();
  await until('the dialog gives the focus back', async () => (await focused()) === 'Show name');
  assert.equal(await phone.getByText('Aino Esimerkki').count(), 0);
  await phone.getByRole('button', { name: exactly('Show name') }).click();
  await phone.getByText('Aino Esimerkki').waitFor();
  assert.doesNotMatch(await phone.title(), /Aino/);

  // A name that was shown is hidden when its pass is left.
  await phone.getByRole('button', { name: exactly('Card 2') }).click();
  await phone.getByText(words('1 adult + 3 children')).waitFor();
  await phone.getByRole('button', { name: exactly('Good evening!') }).click();
  await phone.getByText(words('1 adult + 2 children')).waitFor();
  await phone.getByRole('button', { name: exactly('Show name') }).waitFor();
  assert.equal(await phone.getByText('Aino Esimerkki').count(), 0);

  await phone.getByRole('link', { name: exactly('More') }).click();
  await phone.getByRole('button', { name: exactly('Remove from this phone') }).click();
  await phone
    .getByRole('dialog')
    .getByRole('button', { name: exactly('Remove') })
    .click();
  await phone.goto('/');
  await seePass(phone);
  await phone.getByText(words('1 adult + 3 children')).waitFor();
  assert.equal(await phone.getByRole('button', { name: exactly('Good evening!') }).count(), 0);
  assert.ok(await codeOf(phone).isVisible());
  assert.ok(sent.length > 0);
  assert.doesNotMatch(sent.join('\n'), /Aino|Good(%20| )evening/, 'a name never leaves the phone');

  await phone.goto('/my/erase');
  await phone.getByLabel(words('Type ERASE')).fill('erase');
  await phone.getByRole('button', { name: exactly('Erase all my data') }).click();
  await phone.getByRole('heading', { level: 1, name: words('Your data is erased') }).waitFor();
  await until('no code is left on the phone', () => phone.evaluate(linksKept).then((links) => links === 0));
});

/** How many codes of links the phone still keeps. */
function linksKept(): Promise<number> {
  return new Promise((done, fail) => {
    const open = indexedDB.open('kaikukortti');
    open.onerror = () => fail(open.error);
    open.onsuccess = () => {
      const links = open.result.transaction('kept').objectStore('kept').get('links');
      links.onsuccess = () => {
        open.result.close();
        done(links.result?.value.length ?? 0);
      };
    };
  });
}

journey('what a phone does not know it does not say: no empty inbox, and no way back that there is not', async (j) => {
  const phone = await j.page('/activate');
  const broken = { status: 500, contentType: 'application/problem+json', body: '{"code":"internal"}' };
  await phone.route('**/v1/me/notices*', (route) => route.fulfill(broken));
  await phone.getByLabel(exactly('Code')).fill(known(j.demo.pass('another one to be activated').activation, 'code'));
  await phone.getByRole('button', { name: exactly('Activate') }).click();
  await phone.getByRole('heading', { name: exactly('Write this down') }).waitFor();
  await phone.getByRole('button', { name: exactly('Later') }).click();
  await seePass(phone);

  await phone.getByRole('link', { name: words('Inbox') }).click();
  await phone.getByText(words('Something is wrong with the service.')).waitFor();
  assert.equal(await phone.getByText(words('No messages.')).count(), 0);
  await phone.unroute('**/v1/me/notices*');
  await phone.getByRole('button', { name: exactly('Try again') }).click();
  await phone.getByText(words('The card was activated on a phone.')).waitFor();

  await phone.getByRole('link', { name: exactly('More') }).click();
  await phone.getByRole('button', { name: exactly('Remove from this phone') }).click();
  await phone.getByRole('dialog').getByText(words('You have not written down the recovery code yet.')).waitFor();
  await phone.getByRole('link', { name: exactly('See the code') }).click();
  await phone.getByRole('heading', { name: exactly('Write this down') }).waitFor();
});
