import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEmail, readCells, readInvitees, readMunicipalities, slug } from '../src/office/table.ts';
import type { Organisation } from '../src/shared/types.ts';

const organisations: Organisation[] = [
  { id: 'sote', kind: 'distributor', name: { fi: 'Kainuun sote, aikuiset', sv: 'Kajanalands vård' } },
  { id: 'teatteri', kind: 'venue', name: { fi: 'Kajaanin kaupunginteatteri' } },
  { id: 'opisto', kind: 'institute', name: { fi: 'Kaukametsän opisto' } },
  { id: 'a', kind: 'venue', name: { fi: 'Kirjasto' } },
  { id: 'b', kind: 'venue', name: { sv: 'Kirjasto' } },
  { id: 'old', kind: 'venue', name: { fi: 'Vanha museo' }, closed_at: '2026-01-01T00:00:00Z' },
];
const read = (pasted: string) => readInvitees(pasted, organisations, 'kainuu');

test('a spreadsheet is pasted with tabs, or saved with semicolons or commas', () => {
  const rows = [
    ['a', 'b c', 'd'],
    ['e', '', 'f'],
  ];
  assert.deepEqual(readCells('a\tb c\td\r\ne\t\tf\r\n'), rows);
  assert.deepEqual(readCells('a; b c ;d\n\n\ne;;f'), rows);
  assert.deepEqual(readCells('a,b c,d\ne,,f\n   '), rows);
});

test('a cell in quotation marks may hold anything', () => {
  assert.deepEqual(readCells('a,"b, ""c""\nd",e'), [['a', 'b, "c"\nd', 'e']]);
  assert.deepEqual(readCells('"a'), [['a']]);
  assert.deepEqual(readCells(''), []);
});

test('rows are read in three languages, with or without a heading', () => {
  const rows = read(
    'Sähköposti\tRooli\tOrganisaatio\nA@b.fi\tTyöntekijä\tKainuun sote, aikuiset\nc@d.fi\tansvarig\tkajaanin  KAUPUNGINTEATTERI',
  );
  assert.deepEqual(rows, [
    { email: 'a@b.fi', place: 'Kainuun sote, aikuiset', role: 'worker', organisation: 'sote' },
    { email: 'c@d.fi', place: 'kajaanin  KAUPUNGINTEATTERI', role: 'manager', organisation: 'teatteri' },
  ]);
});

test('the organisation decides a role that was left out, and its name may hold the comma that divides cells', () => {
  assert.equal(read('a@b.fi,Kainuun sote, aikuiset')[0]?.role, 'worker');
  assert.equal(read('a@b.fi;Kajanalands vård')[0]?.organisation, 'sote');
  assert.equal(read('a@b.fi;;Kaukametsän opisto')[0]?.role, 'manager');
});

test('a coordinator needs no organisation', () => {
  assert.deepEqual(read('a@b.fi;koordinaattori'), [{ email: 'a@b.fi', place: '', role: 'coordinator', network: 'kainuu' }]);
});

test('each row says what is wrong with it', () => {
  const wrong = (row: string) => read(`ok@ok.fi;worker;Kainuun sote, aikuiset\n${row}`)[1]?.wrong;
  assert.equal(wrong('a.fi;worker;Kainuun sote, aikuiset'), 'email');
  assert.equal(wrong('a@b.fi'), 'role');
  assert.equal(wrong('a@b.fi;worker'), 'no_place');
  assert.equal(wrong('a@b.fi;worker;Muu'), 'unknown_place');
  assert.equal(wrong('a@b.fi;boss;Kainuun sote, aikuiset'), 'unknown_place');
  assert.equal(wrong('a@b.fi;manager;Kirjasto'), 'several_places');
  assert.equal(wrong('a@b.fi;manager;Vanha museo'), 'closed_place');
  assert.equal(wrong('a@b.fi;manager;Kainuun sote, aikuiset'), 'role_elsewhere');
  assert.equal(wrong('OK@ok.fi;;Kainuun sote, aikuiset'), 'twice');
  assert.equal(wrong('ok@ok.fi;;Kaukametsän opisto'), undefined);
});

test('an address is asked what the server asks', () => {
  for (const good of ['a@b.fi', ' Maija.Meikäläinen+x@kunta.example ', 'a@b.c.d']) assert.ok(isEmail(good), good);
  for (const bad of ['', 'a', 'a@b', '@b.fi', 'a@b@c.fi', 'a b@c.fi', 'a@.fi.', '<a@b.fi>', 'a,b@c.fi', `${'a'.repeat(250)}@b.fi`]) {
    assert.ok(!isEmail(bad), bad);
  }
});

test('municipalities have a code, a name and the starts of their postal codes', () => {
  assert.deepEqual(readMunicipalities('205;Kajaani;Kajana;87 882\n290;Kuhmo'), [
    { ok: true, municipality: { code: '205', name: { fi: 'Kajaani', sv: 'Kajana' }, postal_prefixes: ['87', '882'] } },
    { ok: true, municipality: { code: '290', name: { fi: 'Kuhmo' } } },
  ]);
  const wrong = (row: string) => {
    const found = readMunicipalities(`205;Kajaani\n${row}`)[1];
    return found && !found.ok ? found.wrong : 'right';
  };
  assert.equal(wrong('5;Kuhmo'), 'code');
  assert.equal(wrong('205;Kuhmo'), 'twice');
  assert.equal(wrong('290;;'), 'name');
  assert.equal(wrong('290;Kuhmo;;8x'), 'postal');
});

test('a short name for addresses has letters, digits and hyphens', () => {
  assert.equal(slug('Etelä-Karjala'), 'etela-karjala');
  assert.equal(slug('  Åbo & Ekenäs 2 '), 'abo-ekenas-2');
  assert.equal(slug('2 kuntaa'), 'kuntaa');
});
