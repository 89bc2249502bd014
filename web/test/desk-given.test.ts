// The address that a holder gets: the page's own, or the one at which the page says that it is at home.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { hostToOpen, linkOf } from '../src/desk/given.ts';

/** A page as far as the address needs it. */
function page(at: string, canonical?: string): void {
  const link = canonical === undefined ? null : { href: canonical };
  Object.assign(globalThis, { location: new URL(at), document: { querySelector: () => link } });
}

afterEach(() => Object.assign(globalThis, { location: undefined, document: undefined }));

test('a holder opens the app where the worker did', () => {
  page('https://kortti.example/desk/give/p?x=1');
  assert.equal(linkOf('1234567897'), 'https://kortti.example/activate#1234567897');
  assert.equal(hostToOpen(), 'kortti.example');
});

test('a page that is at home elsewhere sends holders there', () => {
  page('http://127.0.0.1:8082/desk', 'https://demo.example/');
  assert.equal(linkOf('1234567897'), 'https://demo.example/activate#1234567897');
  assert.equal(hostToOpen(), 'demo.example');
});
