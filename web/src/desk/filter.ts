// The filters of the list of cards. They stay in this page's memory: nothing of them stands in an address. Pure.

import type { PassFilter } from '../shared/api.ts';
import type { PassState } from '../shared/types.ts';

/** The lists that a worker opens without filling anything in. */
export const QUICK = ['all', 'asked', 'unused', 'ends_soon'] as const;
export type Quick = (typeof QUICK)[number];

/** The filters as they are typed; empty asks for nothing. */
export interface Typed {
  mine: boolean;
  month: string;
  birthYear: string;
  postalCode: string;
  children: string;
  state: PassState | '';
}

export const NO_FILTER: Typed = { mine: false, month: '', birthYear: '', postalCode: '', children: '', state: '' };

export type Wrong = Partial<Record<keyof Typed, true>>;

/** What in the filters cannot be asked for. */
export function wrongIn(f: Typed): Wrong {
  return {
    ...(f.month === '' || /^\d{4}-(0[1-9]|1[0-2])$/.test(f.month) ? {} : { month: true }),
    ...(f.birthYear === '' || /^\d{4}$/.test(f.birthYear) ? {} : { birthYear: true }),
    ...(f.postalCode === '' || /^\d{5}$/.test(f.postalCode) ? {} : { postalCode: true }),
    ...(f.children === '' || (/^\d{1,2}$/.test(f.children) && Number(f.children) <= 15) ? {} : { children: true }),
  };
}

export const howMany = (f: Typed): number => Object.values(f).filter((v) => v !== '' && v !== false).length;

/** What to say of a list in which there is nothing: only filters that are set can be taken away. */
export function noneOf(quick: Quick, f: Typed): 'no_cards' | 'no_cards_in_list' | 'no_hits' {
  if (howMany(f) > 0) return 'no_hits';
  return quick === 'all' ? 'no_cards' : 'no_cards_in_list';
}

/** What to ask the server. */
export function asked(quick: Quick, f: Typed): PassFilter {
  return {
    ...quickly(quick),
    ...(f.mine ? { issued_by: 'me' as const } : {}),
    ...(f.month ? { month: f.month } : {}),
    ...(f.birthYear ? { birth_year: Number(f.birthYear) } : {}),
    ...(f.postalCode ? { postal_code: f.postalCode } : {}),
    ...(f.children === '' ? {} : { children: Number(f.children) }),
    ...(f.state && quick !== 'unused' ? { state: f.state } : {}),
  };
}

function quickly(quick: Quick): PassFilter {
  switch (quick) {
    case 'all':
      return {};
    case 'asked':
      return { asked: true };
    case 'unused':
      return { state: 'issued' };
    case 'ends_soon':
      return { ends_soon: true };
  }
}
