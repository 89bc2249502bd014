// The rules of a network: what each setting is, how far it may go, and what differs between two sets of them. Pure.

import type { Day, Network, Rules } from '../shared/types.ts';

type NumberRule = Exclude<keyof Rules, 'offline_not_allowed'>;
type Unit = 'years' | 'months' | 'days' | 'minutes' | 'plain';

/** What a setting is about, which also decides whom a change of it touches and when. */
export type Part = 'cards' | 'doors' | 'reservations' | 'notices' | 'statistics';

export interface Setting {
  name: NumberRule;
  unit: Unit;
  part: Part;
  low: number;
  high: number;
}

/** The same limits as the server's. */
export const SETTINGS: readonly Setting[] = [
  { name: 'min_age', unit: 'years', part: 'cards', low: 0, high: 100 },
  { name: 'child_age', unit: 'years', part: 'cards', low: 1, high: 25 },
  { name: 'valid_months', unit: 'months', part: 'cards', low: 1, high: 36 },
  { name: 'grace_days', unit: 'days', part: 'cards', low: 0, high: 90 },
  { name: 'unlink_days', unit: 'days', part: 'cards', low: 31, high: 90 },
  { name: 'group_max', unit: 'plain', part: 'cards', low: 0, high: 15 },
  { name: 'opens_minutes', unit: 'minutes', part: 'doors', low: 0, high: 24 * 60 },
  { name: 'closes_minutes', unit: 'minutes', part: 'doors', low: 0, high: 12 * 60 },
  { name: 'freed_minutes', unit: 'minutes', part: 'reservations', low: 0, high: 24 * 60 },
  { name: 'claim_minutes', unit: 'minutes', part: 'reservations', low: 15, high: 24 * 60 },
  { name: 'pushes_week', unit: 'plain', part: 'notices', low: 0, high: 21 },
  { name: 'suppress_under', unit: 'plain', part: 'statistics', low: 3, high: 10 },
];

/** Settings as they are typed. */
export type TypedRules = Record<NumberRule, string> & { offline_not_allowed: boolean };

export const typedRules = (rules: Rules): TypedRules => ({
  ...(Object.fromEntries(SETTINGS.map((s) => [s.name, String(rules[s.name])])) as Record<NumberRule, string>),
  offline_not_allowed: rules.offline_not_allowed ?? false,
});

type RulesRead = { ok: true; rules: Rules } | { ok: false; wrong: Setting[] };

export function readRules(typed: TypedRules): RulesRead {
  const wrong = SETTINGS.filter((s) => {
    const n = Number(typed[s.name]);
    return !/^\d{1,4}$/.test(typed[s.name].trim()) || n < s.low || n > s.high;
  });
  if (wrong.length > 0) return { ok: false, wrong };
  const numbers = Object.fromEntries(SETTINGS.map((s) => [s.name, Number(typed[s.name])])) as Record<NumberRule, number>;
  return { ok: true, rules: { ...numbers, ...(typed.offline_not_allowed ? { offline_not_allowed: true } : {}) } };
}

export type Change = { setting: Setting; before: number; after: number } | { setting: 'offline'; before: boolean; after: boolean };

/** Only what differs. */
export function changes(before: Rules, after: Rules): Change[] {
  const found: Change[] = SETTINGS.filter((s) => before[s.name] !== after[s.name]).map((setting) => ({
    setting,
    before: before[setting.name],
    after: after[setting.name],
  }));
  const [was, is] = [!before.offline_not_allowed, !after.offline_not_allowed];
  return was === is ? found : [...found, { setting: 'offline', before: was, after: is }];
}

/** The rules that a network has on a day, today or later. */
export function rulesOn(network: Network, day: Day): Rules {
  let rules = network.rules;
  for (const coming of network.coming) if (coming.from <= day) rules = coming.rules;
  return rules;
}

/** The rules that begin after a day: they stay, and replace what begins on it. */
export const laterThan = (network: Network, day: Day): Day[] => network.coming.map((c) => c.from).filter((from) => from > day);

/** Minutes as hours and minutes. */
export const hoursAndMinutes = (minutes: number): { hours: number; minutes: number } => ({
  hours: Math.floor(minutes / 60),
  minutes: minutes % 60,
});
