// What the stage notices of a frame: answers of the server, the code on the holder's phone, and what the door wrote down.

import type { Result as Line } from '../../../../web/src/scan/kept.ts';
import { all } from '../../../../web/src/shared/db.ts';
import type { Part, Result, Said } from './messages.ts';
import type { Answered } from './network.ts';

const LOOK = 250; // milliseconds

type Say = (said: Said) => void;

/** What an answer of the server means for the steps. */
export function meaning(part: Part, { method, path, body }: Answered): Said | undefined {
  const told = body as { id?: string; state?: string; pass?: { id: string } };
  switch (part) {
    case 'worker': {
      if (method === 'POST' && path === '/v1/passes' && told.id) return { kind: 'issued', pass: told.id };
      const [, id, action] = /^\/v1\/passes\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
      if (id && action === 'resume') return { kind: 'resumed', pass: id };
      return id && (action === 'lost-phone' || action === 'revoke' || action === 'suspend') ? { kind: 'stopped', pass: id } : undefined;
    }
    case 'holder': {
      const taken = path === '/v1/activations' || path === '/v1/recoveries' || path.startsWith('/v1/activation-requests/');
      return taken && told.pass ? { kind: 'activated', pass: told.pass.id } : undefined;
    }
    case 'venue':
      return path.startsWith('/v1/scans')
        ? { kind: 'answer', path: `${method} ${path.replace(/(\/v1\/scans\/)(?!uploads)[^/]+/, '$1…')}`, body }
        : undefined;
  }
}

/** The code that a phone shows, if it shows one. */
export const codeShown = (): HTMLCanvasElement | undefined =>
  [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-code]')].find((c) => c.width > 0 && c.getClientRects().length > 0);

/** Tells when the code appears and goes, and takes a picture of it when it appears. */
export function watchCode(say: Say, picture: () => void): void {
  let shown = false;
  setInterval(() => {
    const now = codeShown() !== undefined;
    if (now === shown) return;
    shown = now;
    say({ kind: 'code', shown });
    if (shown) picture();
  }, LOOK);
}

/** Tells what the door wrote down, and each change of it. */
export function watchDoor(say: Say): void {
  const told = new Map<string, string>();
  async function look(): Promise<void> {
    for (const line of await all('results')) {
      const result = resultOf(line);
      const text = JSON.stringify(result);
      if (told.get(line.id) === text) continue;
      told.set(line.id, text);
      say(result);
    }
  }
  const again = () =>
    void look()
      .catch(() => undefined)
      .then(() => setTimeout(again, LOOK));
  again();
}

const resultOf = (line: Line): Result => ({
  kind: 'result',
  id: line.id,
  decision: line.decision.decision,
  reason: line.decision.reason,
  offline: line.decision.marks?.includes('offline') ?? false,
  sent: line.sent,
  conflict: line.conflict !== undefined,
});
