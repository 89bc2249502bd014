import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Around, faceOf, holdOf, lookOf, type Said, soundOf } from '../src/scan/look.ts';
import en from '../src/scan/words/en.ts';
import fi from '../src/scan/words/fi.ts';
import sv from '../src/scan/words/sv.ts';
import type { Decision, Mark, Reason } from '../src/shared/types.ts';

const around: Around = {
  ...{ list: { days: 2, useless: undefined }, standing: false, today: '2026-11-23' },
  dayOf: (at) => at.slice(0, 10),
};

const decided = (change: Partial<Decision>): Decision => ({
  ...{ scan_id: 's', decision: 'refused', party: { children: 0, assistants: 0 }, at: '2026-11-23T16:30:00Z', welcome: 0 },
  ...change,
});
const refused = (reason: Reason, change: Partial<Decision> = {}) => decided({ reason, ...change });
const admitted = (...marks: Mark[]) => decided({ decision: 'admitted', marks });

/** What a result says, without soft hyphens and with plain spaces, in one language. */
function said(d: Decision, table: Readonly<Record<string, string>>, where: Partial<Around> = {}): string {
  const { word, lines } = lookOf(d, { ...around, ...where });
  const fill = (s: Said) =>
    (table[s.key] ?? '')
      .replaceAll('\u00AD', '')
      .replaceAll('\u00A0', ' ')
      .replace('{n}', String(s.n))
      .replace('{day}', s.day ?? s.at?.slice(0, 10) ?? '')
      .replace('{time}', s.at?.slice(11, 16) ?? '')
      .replace('{moment}', s.at ?? '')
      .replace('{title}', s.title?.fi ?? '')
      .replace('{brand}', 'Kaikukortti');
  return [word, ...lines].map(fill).join(' · ');
}

/** The words of the guide to screens, exactly. */
const WORDS: readonly [Decision, fi: string, sv: string, en: string, where?: Partial<Around>][] = [
  [admitted(), 'Tervetuloa', 'Välkommen', 'Welcome'],
  [
    admitted('offline'),
    'Tervetuloa · Ei verkkoa. Tarkistetaan myöhemmin.',
    'Välkommen · Inget nät. Kontrolleras senare.',
    'Welcome · No network. Checked later.',
  ],
  [
    admitted('bundle_old'),
    'Tervetuloa · Lista on vanha (2 pv). Yhdistä verkkoon.',
    'Välkommen · Listan är gammal (2 d). Anslut till nätet.',
    'Welcome · The list is old (2 days). Go online.',
  ],
  [
    admitted('check_id'),
    'Tervetuloa · Katso nimi henkilökortista.',
    'Välkommen · Jämför namnet med ett id-kort.',
    'Welcome · Compare the name with an ID.',
  ],
  [
    decided({ decision: 'admitted', marks: ['in_grace'], last_day: '31.5.' }),
    'Tervetuloa · Kortti päättyi 31.5.. Muista uusia.',
    'Välkommen · Kortet gick ut 31.5.. Kom ihåg att förnya.',
    'Welcome · The card ended 31.5.. Remember to renew.',
  ],
  [admitted('on_course'), 'Tervetuloa · Kurssilla.', 'Välkommen · På kursen.', 'Welcome · On the course.'],
  [
    refused('wrong_area'),
    'Muu alue · Kortti käy toisella alueella.',
    'Annat område · Kortet gäller i ett annat område.',
    'Other area · This card is for another area.',
  ],
  [
    refused('needs_network'),
    'Tarvitaan verkko · Avaa kortti kerran verkossa.',
    'Nät behövs · Öppna kortet en gång med nät.',
    'Network needed · Open the card once with network.',
  ],
  [
    refused('not_today', { opens: '2026-11-24T18:05' }),
    'Ei nyt · Avautuu 2026-11-24 klo 18:05.',
    'Inte nu · Öppnar 2026-11-24 kl. 18:05.',
    'Not now · Opens 2026-11-24 at 18:05.',
  ],
  [refused('not_today'), 'Päättynyt · Tapahtuma on ohi.', 'Slut · Evenemanget är över.', 'Over · The event has ended.'],
  [
    refused('reservation_needed'),
    'Ei varausta · Tähän tarvitaan varaus.',
    'Ingen bokning · Det här kräver bokning.',
    'No booking · This needs a booking.',
  ],
  [
    refused('limit_reached', { limit: { times: 2, next: '1.12.' } }),
    'Raja täynnä · Tätä voi käyttää 2 kertaa. · Seuraavan kerran 1.12..',
    'Gränsen nådd · Det här kan användas 2 gånger. · Nästa gång 1.12..',
    'Limit reached · This can be used 2 times. · Next time 1.12..',
    { standing: true },
  ],
  [
    refused('too_many_children', { welcome: 2 }),
    'Lapsia 2 · Kortilla voi tulla 2 lasta.',
    'Barn 2 · Med kortet kan 2 barn komma.',
    'Children 2 · The card covers 2 children.',
  ],
  [
    refused('already_admitted', { first_at: '2026-11-23T18:42' }),
    'Jo käytetty · Tässä tapahtumassa klo 18:42.',
    'Redan använt · På det här evenemanget kl. 18:42.',
    'Already used · At this event at 18:42.',
  ],
  [
    refused('stale_code'),
    'Vanha koodi · Pyydä avaamaan kortti uudelleen.',
    'Gammal kod · Be personen öppna kortet igen.',
    'Old code · Ask them to open the card again.',
  ],
  [
    refused('wrong_clock'),
    'Kello väärässä · Laita puhelimen aika automaattiseksi.',
    'Fel klocka · Ställ telefonen på automatisk tid.',
    'Wrong clock · Set the phone’s time to automatic.',
  ],
  [
    refused('expired', { last_day: '31.5.' }),
    'Ei voimassa · Kortti oli voimassa 31.5. asti.',
    'Gäller inte · Kortet gällde till 31.5..',
    'Not valid · The card was valid until 31.5..',
  ],
  [
    refused('not_in_use'),
    'Ei käytössä · Onko puhelimessa uudempi kortti?',
    'Inte i bruk · Finns det ett nyare kort i telefonen?',
    'Not in use · Is there a newer card on the phone?',
  ],
  [
    refused('no_seats'),
    'Ei paikkoja · Vapaita paikkoja ei ole jäljellä.',
    'Inga platser · Det finns inga lediga platser kvar.',
    'No places · There are no places left.',
  ],
  [
    refused('other_session', { other: { session: 'x' } }),
    'Toinen tapahtuma · Varaus: Runoilta, 18.05.',
    'Annat evenemang · Bokningen: Runoilta, 18.05.',
    'Other event · Booked: Runoilta, 18.05.',
    { other: { title: { fi: 'Runoilta' }, start: '18.05' } },
  ],
  [
    refused('not_a_pass'),
    'Muu koodi · Tämä ei ole Kaikukortti.',
    'Annan kod · Det här är inte Kaikukortti.',
    'Other code · This is not Kaikukortti.',
  ],
  [
    refused('bad_signature'),
    'Ei tunnistettu · Yritä uudelleen tai kirjoita koodi.',
    'Känns inte igen · Försök igen eller skriv koden.',
    'Not recognised · Try again or type the code.',
  ],
];

test('every result says what it should, in every language', () => {
  for (const [d, ...words] of WORDS) {
    const where = words[3];
    for (const [i, table] of [fi, sv, en].entries()) assert.equal(said(d, table, where), words[i]);
  }
});

test('a welcome without the server is never green, and a question never red', () => {
  assert.equal(faceOf(admitted()), 'ok');
  assert.equal(faceOf(admitted('check_id')), 'ok');
  for (const mark of ['check_id', 'clock_off', 'bundle_old'] as const) assert.equal(faceOf(admitted(mark, 'offline')), 'amber');
  assert.equal(faceOf(refused('too_many_children')), 'amber');
  assert.equal(faceOf(refused('not_a_pass')), 'other');
  assert.equal(faceOf(refused('needs_network')), 'other');
  assert.equal(faceOf(refused('already_admitted')), 'stop');
});

test('suspended, revoked and replaced are one text', () => {
  assert.equal(lookOf(refused('not_in_use'), around).lines.length, 1);
});

test('sounds tell three things apart', () => {
  assert.deepEqual((['ok', 'amber', 'stop', 'other'] as const).map(soundOf), ['welcome', 'look', 'stop', 'stop']);
});

test('at a door a guest alone goes by, a family waits for its tap, and red waits for one', () => {
  assert.equal(holdOf(admitted()), 1200);
  assert.equal(holdOf(admitted('offline')), 2500);
  assert.equal(holdOf({ ...admitted(), welcome: 2 }), 6000);
  assert.equal(holdOf(refused('already_admitted')), undefined);
  assert.equal(holdOf(refused('too_many_children', { welcome: 1 })), undefined);
});

test('a list that is missing or too old is what has to be fetched, not the card', () => {
  assert.match(said(refused('needs_network'), fi, { list: { days: 8, useless: 'missing' } }), /Lista on haettava/);
});

test('where the network wants every scan decided by the server, this phone has to go online and not the card', () => {
  const where = { list: { days: 0, useless: 'not_allowed' } } as const;
  assert.equal(said(refused('needs_network'), en, where), 'Network needed · Scanning needs a network here. Connect this phone to one.');
});

test('an earlier day is told with its day, and a limit of seats as seats', () => {
  assert.equal(said(refused('already_admitted', { first_at: '2026-11-02T12:00' }), en), 'Already used · Used 2026-11-02 at 12:00.');
  assert.equal(said(refused('limit_reached', { limit: { times: 4 } }), en), 'Limit reached · The card gives 4 places.');
});

test('one place and one day are not many', () => {
  const seat = refused('limit_reached', { limit: { times: 1 } });
  const tables = [fi, sv, en];
  assert.deepEqual(
    tables.map((table) => said(seat, table).split(' · ')[1]),
    ['Kortilla saa 1 paikan.', 'Med kortet får man 1 plats.', 'The card gives 1 place.'],
  );
  assert.deepEqual(
    tables.map((table) => said(admitted('bundle_old'), table, { list: { days: 1, useless: undefined } }).split(' · ')[1]),
    ['Lista on vanha (1 pv). Yhdistä verkkoon.', 'Listan är gammal (1 d). Anslut till nätet.', 'The list is old (1 day). Go online.'],
  );
});
