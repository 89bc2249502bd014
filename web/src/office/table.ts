// Tables that are pasted from a spreadsheet: cells between tabs, semicolons or commas, and what they mean. Pure.

import type { Municipality, Organisation, RoleName, Text } from '../shared/types.ts';

/** Splits a pasted table into rows of trimmed cells. What stands between its cells is found out; empty rows are left out. */
export function readCells(pasted: string): string[][] {
  const between = ['\t', ';', ','].find((c) => pasted.includes(c)) ?? '\t';
  const rows: string[][] = [[]];
  for (const { cell, end } of cells(pasted, between)) {
    rows.at(-1)?.push(cell.trim());
    if (end === '\n') rows.push([]);
  }
  return rows.filter((row) => row.some((cell) => cell !== ''));
}

/** Cells one after the other, each with what ended it. One in quotation marks may hold anything (RFC 4180). */
function* cells(text: string, between: string): Generator<{ cell: string; end: string }> {
  const ended = (c: string) => c === between || c === '\n' || c === '';
  for (let at = 0; at <= text.length; ) {
    let cell = '';
    while (text[at] === ' ') at++;
    if (text[at] === '"') {
      for (at++; at < text.length && (text[at] !== '"' || text[at + 1] === '"'); at++) {
        if (text[at] === '"') at++;
        cell += text[at];
      }
      at++;
    }
    for (; !ended(text.charAt(at)); at++) if (text[at] !== '\r') cell += text[at];
    yield { cell, end: text.charAt(at) };
    at++;
  }
}

/** What is wrong with a row. */
type WrongRow = 'email' | 'twice' | 'role' | 'no_place' | 'unknown_place' | 'several_places' | 'closed_place' | 'role_elsewhere';

/** One row of a table of people to be invited. */
export interface InviteeRow {
  /** As it was written, to be found again. */
  email: string;
  place: string;
  role?: RoleName;
  organisation?: string;
  network?: string;
  wrong?: WrongRow;
}

/** The words for roles that people write, in three languages. */
const ROLES: Readonly<Record<string, RoleName>> = {
  työntekijä: 'worker',
  jakaja: 'worker',
  anställd: 'worker',
  utdelare: 'worker',
  worker: 'worker',
  distributor: 'worker',
  vastaava: 'manager',
  ansvarig: 'manager',
  manager: 'manager',
  koordinaattori: 'coordinator',
  koordinator: 'coordinator',
  coordinator: 'coordinator',
};

/** Reads rows of e-mail, role and organisation in any order after the e-mail; a role that the organisation decides may be left out. */
export function readInvitees(pasted: string, organisations: readonly Organisation[], network: string): InviteeRow[] {
  const rows = readCells(pasted);
  const heading = rows[0] && !rows[0].some((cell) => cell.includes('@')) ? 1 : 0;
  const seen = new Set<string>();
  return rows.slice(heading).map((cells) => {
    const row = readInvitee(cells, organisations, network);
    const same = [row.email, row.role, row.organisation].join('\n');
    if (!row.wrong && seen.has(same)) return { ...row, wrong: 'twice' };
    seen.add(same);
    return row;
  });
}

function readInvitee(cells: readonly string[], organisations: readonly Organisation[], network: string): InviteeRow {
  const email = (cells[0] ?? '').toLowerCase();
  const rest = cells.slice(1).filter((cell) => cell !== '');
  const named = rest.find((cell) => folded(cell) in ROLES);
  const role = named && ROLES[folded(named)];
  const place = rest.filter((cell) => cell !== named).join(', ');
  const row: InviteeRow = { email, place, ...(role ? { role } : {}) };
  if (!isEmail(email)) return { ...row, wrong: 'email' };
  if (role === 'coordinator' && !place) return { ...row, network };
  const found = findPlace(place, organisations);
  if (typeof found === 'string') return { ...row, wrong: !place && rest.length === 0 ? 'role' : found };
  const fits = roleAt(found);
  if (role && role !== fits) return { ...row, wrong: 'role_elsewhere' };
  return { ...row, place, role: fits, organisation: found.id };
}

/** Workers are at distributors, managers wherever there are doors. */
export const roleAt = (o: Pick<Organisation, 'kind'>): RoleName => (o.kind === 'distributor' ? 'worker' : 'manager');

function findPlace(name: string, organisations: readonly Organisation[]): Organisation | WrongRow {
  if (!name) return 'no_place';
  const wanted = folded(name);
  const found = organisations.filter((o) => Object.values(o.name).some((n) => folded(n) === wanted));
  const open = found.filter((o) => !o.closed_at);
  const [only] = open;
  if (!only) return found.length > 0 ? 'closed_place' : 'unknown_place';
  return open.length > 1 ? 'several_places' : only;
}

const folded = (s: string): string => s.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();

/** Asks of an e-mail address what the server asks. */
export function isEmail(typed: string): boolean {
  const at = typed.trim().split('@');
  const [local, domain] = at;
  return (
    at.length === 2 &&
    !!local &&
    !!domain &&
    typed.trim().length <= 254 &&
    domain.replace(/^\.+|\.+$/g, '').includes('.') &&
    !/[\s"(),:;<>[\]\\]/.test(typed.trim())
  );
}

/** One row of a table of municipalities. */
export type MunicipalityRow =
  | { ok: true; municipality: Municipality }
  | { ok: false; text: string; wrong: 'code' | 'name' | 'postal' | 'twice' };

/** Reads rows of code, name in Finnish, name in Swedish, and the starts of postal codes. */
export function readMunicipalities(pasted: string): MunicipalityRow[] {
  const seen = new Set<string>();
  return readCells(pasted).map((cells) => {
    const [code = '', fi = '', sv = '', ...prefixes] = cells;
    const refuse = (wrong: 'code' | 'name' | 'postal' | 'twice'): MunicipalityRow => ({ ok: false, text: cells.join(' · '), wrong });
    if (!/^\d{3}$/.test(code)) return refuse('code');
    if (seen.has(code)) return refuse('twice');
    seen.add(code);
    if (!fi && !sv) return refuse('name');
    const starts = prefixes.flatMap((p) => p.split(/[\s,]+/)).filter((p) => p !== '');
    if (!starts.every((p) => /^\d{1,5}$/.test(p))) return refuse('postal');
    const name: Text = { ...(fi ? { fi } : {}), ...(sv ? { sv } : {}) };
    return { ok: true, municipality: { code, name, ...(starts.length ? { postal_prefixes: starts } : {}) } };
  });
}

/** A short name for addresses, made from a name: Etelä-Karjala is etela-karjala. */
export function slug(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
}
