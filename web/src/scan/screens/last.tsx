// The last scans, and those that the server judged otherwise: told in neutral words, naming no one.

import { useState } from 'preact/hooks';
import { clock } from '../../shared/clock.ts';
import type { Problem } from '../../shared/types.ts';
import { Button, Empty, Failure, Screen } from '../../shared/ui/ui.tsx';
import { dayAndTime, helsinkiDay, textOf, timeAt } from '../../shared/words.ts';
import { changeable, takeBack } from '../corrections.ts';
import type { Result } from '../kept.ts';
import { faceOf, lookOf } from '../look.ts';
import { toCheck } from '../queue.ts';
import { aroundOf, isGroup, people, sentence } from '../say.ts';
import { scanner } from '../scanner.ts';
import { useStanding } from '../use.ts';
import { t } from '../words.ts';

const MOST = 20;

export default function LastScreen() {
  const { results } = useStanding();
  const checks = toCheck(results);
  return (
    <Screen title={t('last_scans')}>
      {checks.length > 0 && (
        <section class="scan-checks" aria-labelledby="scan-checks">
          <h2 id="scan-checks">{t('check_these')}</h2>
          <p>{t('check_intro')}</p>
          <ul class="list">
            {checks.map((r) => (
              <CheckRow key={r.id} result={r} />
            ))}
          </ul>
        </section>
      )}
      {results.length === 0 && <Empty text={t('no_scans')} />}
      <ul class="list">
        {results.slice(0, MOST).map((r) => (
          <Row key={r.id} result={r} />
        ))}
      </ul>
    </Screen>
  );
}

const plain = () => aroundOf(clock.now(), { days: undefined, useless: undefined }, false, undefined);
const when = (at: number) => (helsinkiDay(at) === helsinkiDay(clock.now()) ? timeAt(at) : dayAndTime(at));

function CheckRow({ result: r }: { result: Result }) {
  const title = textOf(r.title);
  return (
    <li class="card">
      <h3>
        {when(r.at)} <span lang={title.lang}>{title.text}</span>
      </h3>
      <p>{t(r.shown === 'welcome' ? 'shown_welcome' : 'shown_refused')}</p>
      <p>{differs(r)}</p>
      <Button onClick={() => void scanner.change(r.id, { seen: true })}>{t('ok')}</Button>
    </li>
  );
}

/** What the server says, without blame. */
function differs({ conflict, at, party, decision }: Result): string {
  switch (conflict) {
    case 'already_admitted':
    case 'stale_code':
      return t('differs_same_card', { time: timeAt(at) });
    case 'over_seats':
      return t('differs_over_seats');
    case 'undone':
      return t('differs_undone');
    case 'party':
      return t('differs_party', { people: people(party, isGroup(decision)) });
    case 'lost':
    case undefined:
      return t('differs_lost');
    default: {
      const { word, lines } = lookOf(
        { scan_id: '', decision: 'refused', reason: conflict, party: { children: 0, assistants: 0 }, at: '', welcome: 0 },
        plain(),
      );
      return t('server_says', { reason: [word, ...lines.slice(0, 1)].map(sentence).join('. ').replaceAll('..', '.') });
    }
  }
}

function Row({ result: r }: { result: Result }) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const decision = r.undone ? { ...r.decision, decision: 'undone' as const } : r.decision;
  const title = textOf(r.title);
  const undo = async () => {
    setBusy(true);
    setProblem(await takeBack(scanner, r.id));
    setBusy(false);
  };
  return (
    <li class="scan-row">
      <span class={`scan-dot ${faceOf(decision)}`} aria-hidden="true" />
      <div>
        <p>
          <strong>{sentence(lookOf(decision, plain()).word)}</strong> · {when(r.at)}
        </p>
        <p class="muted">
          <span lang={title.lang}>{title.text}</span>
          {decision.decision === 'admitted' && ` · ${people(r.party, isGroup(decision))}`}
          {!r.sent && !r.undone && ` · ${t('waits')}`}
        </p>
        {problem && <Failure problem={problem} />}
      </div>
      {changeable(r, clock.now()) && (
        <Button kind="quiet" icon="undo" busy={busy} onClick={() => void undo()}>
          {t('undo')}
        </Button>
      )}
    </li>
  );
}
