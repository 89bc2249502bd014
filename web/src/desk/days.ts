// Days as the server counts them (YYYY-MM-DD in Helsinki). Pure; only for what is shown before the server has said it.

import type { Day, Rules } from '../shared/types.ts';

const parts = (day: Day): [number, number, number] => {
  const [y = 0, m = 1, d = 1] = day.split('-').map(Number);
  return [y, m, d];
};
const text = (at: Date): Day => at.toISOString().slice(0, 10);

export function addDays(day: Day, n: number): Day {
  const [y, m, d] = parts(day);
  return text(new Date(Date.UTC(y, m - 1, d + n)));
}

/** The same day of a later month, or that month's last day where it is shorter: a year after 29 February is 28 February. */
export function addMonths(day: Day, n: number): Day {
  const [y, m, d] = parts(day);
  const last = new Date(Date.UTC(y, m + n, 0)).getUTCDate();
  return text(new Date(Date.UTC(y, m - 1 + n, Math.min(d, last))));
}

/** From when to when a pass that is issued today is valid. */
export const validity = (today: Day, rules: Pick<Rules, 'valid_months'>): { first: Day; last: Day } => ({
  first: today,
  last: addDays(addMonths(today, rules.valid_months), -1),
});

/** The last day after a renewal: from the last day on when it is renewed before that or in grace, later from today. */
export function renewal(pass: { last: Day; grace_days: number }, rules: Pick<Rules, 'valid_months'>, today: Day): Day {
  const from = today <= addDays(pass.last, pass.grace_days) ? addDays(pass.last, 1) : today;
  return addDays(addMonths(from, rules.valid_months), -1);
}
