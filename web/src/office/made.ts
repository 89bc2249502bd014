// The reservations that were made on this computer for holders of paper: what is needed to cancel one again, and nothing of the holder.
// The server lists none to a venue, so that nobody there can go through who comes. They are forgotten once their session is over.

import { keep, kept } from '../shared/db.ts';
import type { Instant, Reservation, Text } from '../shared/types.ts';

export interface Made {
  id: string;
  venue: string;
  session: string;
  title: Text;
  start: Instant;
  end: Instant;
  people: number;
  at: Instant;
}

const NAME = 'reservations-made';

export async function madeHere(venue: string, now: number): Promise<Made[]> {
  const all = (await kept<Made[]>(NAME).catch(() => undefined)) ?? [];
  return all.filter((m) => m.venue === venue && Date.parse(m.end) > now);
}

export async function rememberMade(venue: string, r: Reservation, now: number): Promise<void> {
  const people = 1 + r.party.children + (r.party.group ?? 0) + r.party.assistants;
  const made: Made = {
    id: r.id,
    venue,
    session: r.session,
    title: r.title,
    start: r.start,
    end: r.end,
    people,
    at: new Date(now).toISOString(),
  };
  await change((all) => [made, ...all.filter((m) => m.id !== r.id && Date.parse(m.end) > now)]);
}

export const forgetMade = (id: string): Promise<void> => change((all) => all.filter((m) => m.id !== id));

/** Without storage the list is only as long as the screen is open; nothing else depends on it. */
async function change(to: (all: Made[]) => Made[]): Promise<void> {
  const all = (await kept<Made[]>(NAME).catch(() => undefined)) ?? [];
  await keep(NAME, to(all)).catch(() => undefined);
}
