import assert from 'node:assert/strict';
import { journey } from './harness.ts';
import { activate, codeOf, exactly, holder, seePass, words } from './people.ts';
import { known } from './real.ts';

journey('two passes live on one phone: one tap changes, and one goes without the other', async (j) => {
  const phone = await holder(j); // with two children
  await phone.getByRole('link', { name: exactly('More') }).click();
  await phone.getByRole('link', { name: exactly('Add another card') }).click();
  await activate(phone, known(j.demo.pass('to be activated, in Kainuu').activation, 'code')); // with three
  await phone.getByText(words('1 adult + 3 children')).waitFor();

  await phone.getByRole('button', { name: exactly('Card 1') }).click();
  await phone.getByText(words('1 adult + 2 children')).waitFor();
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
  assert.equal(await phone.getByText('Aino Esimerkki').count(), 0);
  await phone.getByRole('button', { name: exactly('Show name') }).click();
  await phone.getByText('Aino Esimerkki').waitFor();
  assert.doesNotMatch(await phone.title(), /Aino/);

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
});
