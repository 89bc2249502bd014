// Says what was decided in the language of the screen.

import type { Decision, Party } from '../shared/types.ts';
import { dayAndTime, dayAt, dayOf, helsinkiDay, textOf, timeAt } from '../shared/words.ts';
import type { Around, ListState, Said } from './look.ts';
import { count, t } from './words.ts';

/** Fills words with what belongs in them. */
export function sentence({ key, n, day, at, title }: Said): string {
  return t(key, {
    brand: t('brand'),
    n: n ?? 0,
    day: day ? dayOf(day) : at ? dayAt(at) : '',
    time: at ? timeAt(at) : '',
    moment: at ? dayAndTime(at) : '',
    title: title ? textOf(title).text : '',
  });
}

/** A number of people, never a person. */
export function people(party: Party, group: boolean): string {
  const n = party.children;
  const who = group ? t('with_group', { n: party.group ?? 0 }) : n > 0 ? count('with_children', n) : t('adult_only');
  return party.assistants > 0 ? t('and_assistant', { people: who }) : who;
}

/** How many people come in with a party. */
export const heads = ({ children, assistants, group = 0 }: Party): number => 1 + children + assistants + group;

/** What a decision needs around it that only the clock and the list know. */
export function aroundOf(now: number, list: ListState, standing: boolean, other: Around['other']): Around {
  return {
    list,
    other,
    standing,
    today: helsinkiDay(now),
    dayOf: (at) => helsinkiDay(Date.parse(at)),
  };
}

/** Whether a decision is about a community's pass. */
export const isGroup = (d: Decision): boolean => d.group === true;
