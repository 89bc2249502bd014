import { useState } from 'preact/hooks';
import type { Shown } from '../scan/door.ts';
import { lookOf } from '../scan/look.ts';
import { aroundOf } from '../scan/say.ts';
import { Result } from '../scan/screens/result.tsx';
import { go } from '../shared/route.ts';
import type { Decision, Mark, Party, Reason } from '../shared/types.ts';
import { Header, Link } from '../shared/ui/ui.tsx';

/** The moment in which all of it happens. */
const NOW = Date.parse('2026-05-31T15:48:00Z');
const AT = '2026-05-31T15:42:00Z';
const ALONE: Party = { children: 0, assistants: 0 };

const admitted = (marks: Mark[], more: Partial<Decision> = {}): Decision => ({
  ...{ scan_id: 'x', decision: 'admitted', party: ALONE, at: AT, welcome: 2, marks },
  ...more,
});
const refused = (reason: Reason, more: Partial<Decision> = {}): Decision => ({
  ...{ scan_id: 'x', decision: 'refused', reason, party: ALONE, at: AT, welcome: 0 },
  ...more,
});

/** Why a door says no, each with what goes with it: a reason that is missing here does not compile. */
const REFUSED: Readonly<Record<Reason, Partial<Decision>>> = {
  not_a_pass: {},
  bad_signature: {},
  wrong_clock: {},
  stale_code: {},
  not_in_use: {},
  expired: { last_day: '2026-04-30' },
  wrong_area: {},
  needs_network: {},
  not_today: { opens: '2026-05-31T17:00:00Z' },
  already_admitted: { first_at: AT },
  other_session: { other: { session: 'evening' } },
  limit_reached: { limit: { times: 2, next: '2026-06-01' } },
  too_many_children: { welcome: 2 },
  reservation_needed: {},
  no_seats: {},
};

/** What can be said of a welcome. */
const MARKS: Readonly<Record<Mark, Partial<Decision>>> = {
  check_id: {},
  in_grace: { last_day: '2026-05-20' },
  clock_off: {},
  offline: {},
  bundle_old: {},
  on_course: {},
  over_seats: {},
};

/** Every answer that a door can give, by a name for its address. */
export const RESULTS: Readonly<Record<string, Decision>> = {
  welcome: admitted([]),
  'welcome-family': admitted([], { party: { children: 2, assistants: 1 } }),
  'welcome-group': admitted([], { group: true, welcome: 15, party: { ...ALONE, group: 12 } }),
  ...Object.fromEntries(
    Object.entries(MARKS).map(([mark, more]) => [
      mark.replaceAll('_', '-'),
      admitted(mark === 'bundle_old' ? ['offline', 'bundle_old'] : [mark as Mark], more),
    ]),
  ),
  ...Object.fromEntries(Object.entries(REFUSED).map(([reason, more]) => [reason.replaceAll('_', '-'), refused(reason as Reason, more)])),
  undone: { ...admitted([]), decision: 'undone' },
};

export const RESULT_PATH = '/styleguide/result/';

export const ResultLinks = () => (
  <ul class="list">
    {Object.keys(RESULTS).map((name) => (
      <li key={name}>
        <Link to={RESULT_PATH + name} class="button">
          {name}
        </Link>
      </li>
    ))}
  </ul>
);

/** One answer as a steward sees it. */
export function OneResult({ decision }: { decision: Decision }) {
  const [party, setParty] = useState(decision.party);
  const shown: Shown = { turn: 1, scan: 'x', decision, party, earlier: decision.reason === 'already_admitted' ? 'x' : undefined };
  const list = { days: decision.marks?.includes('bundle_old') ? 2 : 0, useless: undefined };
  const around = aroundOf(NOW, list, true, {
    title: { fi: 'Runoilta', sv: 'Diktafton', en: 'An evening of poems' },
    start: '2026-05-31T17:00:00Z',
  });
  const back = () => go('/styleguide');
  return (
    <>
      <div inert>
        <Header />
      </div>
      <main>
        <h1 class="visually-hidden">Style guide</h1>
        <Result
          shown={shown}
          look={lookOf(decision, around)}
          foot="3"
          actions={{
            next: back,
            correct: setParty,
            undo: decision.decision === 'admitted' ? back : undefined,
            addPeople: shown.earlier ? back : undefined,
            welcomeThose: back,
            type: back,
          }}
        />
      </main>
    </>
  );
}
