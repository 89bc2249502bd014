// A card is made once, however often the button is pressed and the answer lost: the same request has the same key until it is answered.

import { isOffline, randomId } from '../shared/api.ts';
import type { NewPass, Problem } from '../shared/types.ts';

export interface Attempt {
  key: string;
  body: NewPass;
}

/** What is sent: what was sent before and never answered, else the form as it is. A card that may have been made is asked for again with
 * its own key, and not made a second time with other facts. */
export const attemptOf = (unanswered: Attempt | undefined, body: NewPass): Attempt => unanswered ?? { key: randomId(), body };

/** Whether nobody knows what became of a request. */
export const isUnanswered = (problem: Problem): boolean => isOffline(problem) || problem.code === 'timeout' || problem.code === 'internal';
