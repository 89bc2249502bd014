// The facts of a new card as they are typed, and what is wrong with them. Pure.

import type { Day, Language, NewPass, Rules } from '../shared/types.ts';
import type { Home } from './home.ts';

export interface Facts {
  community: boolean;
  birthYear: string;
  postalCode: string;
  /** No fixed address: the municipality alone. */
  noAddress: boolean;
  /** The code of a municipality that was chosen. */
  municipality: string;
  children: string;
  language: Language;
  answers: Readonly<Record<string, string>>;
}

export const noFacts = (language: Language): Facts => ({
  community: false,
  birthYear: '',
  postalCode: '',
  noAddress: false,
  municipality: '',
  children: '0',
  language,
  answers: {},
});

export type FactField = 'birthYear' | 'postalCode' | 'municipality' | 'children';
export type Wrong = Partial<Record<FactField, 'year' | 'too_young' | 'postcode' | 'nowhere' | 'choose' | 'children'>>;

const FIRST_YEAR = 1900;
export const MOST_CHILDREN = 15;

export function wrongIn(f: Facts, home: Home, rules: Rules, today: Day): Wrong {
  const year = f.community ? undefined : wrongYear(f.birthYear, rules, today);
  return {
    ...(year ? { birthYear: year } : {}),
    ...wrongHome(f, home),
    ...(f.community || (/^\d{1,2}$/.test(f.children) && Number(f.children) <= MOST_CHILDREN) ? {} : { children: 'children' as const }),
  };
}

function wrongYear(typed: string, rules: Rules, today: Day): 'year' | 'too_young' | undefined {
  const [year, now] = [Number(typed), Number(today.slice(0, 4))];
  if (!/^\d{4}$/.test(typed) || year < FIRST_YEAR || year > now) return 'year';
  return now - year < rules.min_age ? 'too_young' : undefined;
}

/** Where somebody lives is said by a postcode, or by the municipality that was chosen. */
export function wrongHome(f: Pick<Facts, 'noAddress' | 'municipality'>, home: Home): Wrong {
  if (f.noAddress) return f.municipality ? {} : { municipality: 'choose' };
  switch (home.is) {
    case 'typing':
      return { postalCode: 'postcode' };
    case 'several':
      return f.municipality ? {} : { municipality: 'choose' };
    case 'nowhere':
      return { postalCode: 'nowhere' };
    case 'known':
      return {};
  }
}

/** The postcode, or the municipality alone: never both. */
export const homeAsked = (f: Pick<Facts, 'noAddress' | 'municipality' | 'postalCode'>, home: Home) =>
  f.noAddress || home.is === 'several' ? { municipality: f.municipality } : { postal_code: f.postalCode };

export function newPass(f: Facts, home: Home, terms: string, today: Day): NewPass {
  const answers = Object.fromEntries(Object.entries(f.answers).filter(([, answer]) => answer !== ''));
  return {
    ...homeAsked(f, home),
    ...(f.community
      ? { community: true }
      : { birth_year: Number(f.birthYear), children: Number(f.children), ...(Object.keys(answers).length ? { answers } : {}) }),
    language: f.language,
    terms_version: terms,
    terms_day: today,
  };
}

/** The voluntary questions and their answers, as the server knows them. */
export const QUESTIONS = {
  gender: ['woman', 'man', 'other', 'rather_not_say'],
  life_situation: [
    'employed',
    'unemployed',
    'student',
    'pensioner',
    'family_leave',
    'long_term_sick',
    'rehabilitation',
    'asylum_or_integration',
    'other',
    'rather_not_say',
  ],
} as const;

export type Question = keyof typeof QUESTIONS;
