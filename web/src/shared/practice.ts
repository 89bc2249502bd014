// The code for practising. It is no pass: a scanner in practice mode answers it with a demo of a welcome that is counted nowhere, and any
// other scanner says that it is another code.

/** What a practice code begins with: not `KP` and a digit, so that no door can take it for a pass. */
export const PRACTICE_PREFIX = 'KAIKU-PRACTICE:';

/** What the holder's app shows for practising. */
export const PRACTICE_CODE = `${PRACTICE_PREFIX}WELCOME`;
