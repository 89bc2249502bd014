// One card: how it stands, what can be done, what has been done.

import { Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { AuditList } from '../shared/audit/audit.tsx';
import { clock } from '../shared/clock.ts';
import { go } from '../shared/route.ts';
import type { Network, PassOfWorker, Problem } from '../shared/types.ts';
import { Button, CopyButton, Failure, Link, Message, Screen, Skeleton } from '../shared/ui/ui.tsx';
import { dayAndTime, dayAt, dayOf, OWN_NAMES, weekdayAndTime } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Badge, homeText, partyText, standing } from './badge.tsx';
import { rememberErased } from './cards.tsx';
import { addDays } from './days.ts';
import { DeedDialog } from './deeds.tsx';
import { type LoadedPass, useNetworks, usePass } from './loaded.ts';
import { grouped } from './number.ts';
import { bindPath, CARDS, givePath, paperPath } from './routes.ts';
import { type Deed, deedsOf, hasOpenCode, type Standing, undoLeft } from './standing.ts';
import { count, type Key, t } from './words.ts';

export function CardScreen({ id }: { id: string }) {
  const loaded = usePass(id, (p) => hasOpenCode(p, clock.now()));
  const { networks } = useNetworks();
  const { pass, problem, again } = loaded;
  return (
    <Screen title={pass ? t('card_title', { number: grouped(pass.number) }) : t('card')} back={CARDS} wide>
      {problem && <Failure problem={problem} retry={() => void again()} />}
      {!pass && !problem && <Skeleton rows={5} />}
      {pass && <Card pass={pass} networks={networks} loaded={loaded} />}
    </Screen>
  );
}

function Card({ pass, networks, loaded }: { pass: PassOfWorker; networks: readonly Network[]; loaded: LoadedPass }) {
  const [deed, setDeed] = useState<Deed>();
  const [done, setDone] = useState<string>();
  const stands = standing(pass, networks);
  const offered = deedsOf(pass, stands);
  const network = networks.find((n) => n.id === pass.network);

  function open(next: Deed): void {
    setDone(undefined);
    if (next === 'give_code') go(givePath(pass.id));
    else if (next === 'bind') go(bindPath(pass.id));
    else if (next === 'paper') go(paperPath(pass.id));
    else setDeed(next);
  }

  function finished(next: PassOfWorker | undefined, words: string): void {
    setDeed(undefined);
    if (next) {
      loaded.put(next);
      setDone(words);
    } else {
      rememberErased(words);
      go(CARDS, { replace: true });
    }
  }

  return (
    <>
      {done && (
        <Message kind="ok" live>
          <p>{done}</p>
        </Message>
      )}
      <Undo pass={pass} put={loaded.put} done={setDone} />
      {pass.renew_asked && pass.state !== 'revoked' && (
        <Message kind="info" title={t('asked_since', { day: dayOf(pass.renew_asked) })}>
          <Button kind="primary" onClick={() => open('renew')}>
            {t('renew')}
          </Button>
        </Message>
      )}
      <div class="desk-card">
        <Head pass={pass} stands={stands} />
        <section class="desk-column desk-card-deeds" aria-label={t('deeds')}>
          <h2>{t('deeds')}</h2>
          {offered.map((d) => (
            <Button key={d} kind={kindOf(d, offered)} onClick={() => open(d)}>
              {t(`deed_${d}`)}
            </Button>
          ))}
          {pass.state === 'suspended' && <p class="hint">{t('paused_text')}</p>}
        </section>
        <Facts pass={pass} networks={networks} stands={stands} />
      </div>
      <section class="desk-history">
        <h2>{t('history')}</h2>
        <AuditList key={`${pass.id}/${pass.version}`} pass={pass.id} />
      </section>
      {deed && (
        <DeedDialog
          deed={deed}
          pass={pass}
          networks={networks}
          network={network}
          close={() => setDeed(undefined)}
          done={finished}
          again={loaded.again}
        />
      )}
    </>
  );
}

/** The first thing that is offered is the likeliest; what ends a card looks like it. */
function kindOf(deed: Deed, offered: readonly Deed[]): 'primary' | 'plain' | 'stop' {
  if (deed === 'revoke' || deed === 'erase' || deed === 'lost_phone') return 'stop';
  return deed === offered[0] ? 'primary' : 'plain';
}

/** How it stands, and its number. */
const Head = ({ pass, stands }: { pass: PassOfWorker; stands: Standing }) => (
  <section class="card desk-card-head">
    <Badge standing={stands} />
    {hasOpenCode(pass, clock.now()) && pass.activation && (
      <p>
        {t('code_waits', { time: weekdayAndTime(pass.activation.expires) })} <Link to={givePath(pass.id)}>{t('to_code')}</Link>
      </p>
    )}
    <p class="digits-shown" data-number={pass.number}>
      {grouped(pass.number)}
    </p>
    <CopyButton text={grouped(pass.number)}>{t('copy_number')}</CopyButton>
  </section>
);

function Facts({ pass, networks, stands }: { pass: PassOfWorker; networks: readonly Network[]; stands: Standing }) {
  const rows: [Key, string][] = [
    ['fact_valid', `${dayOf(pass.first)}–${dayOf(pass.last)}`],
    ...(stands === 'grace' ? ([['fact_grace', dayOf(addDays(pass.last, pass.grace_days))]] as [Key, string][]) : []),
    ['fact_who', partyText(pass)],
    ...(pass.birth_year ? ([['birth_year', String(pass.birth_year)]] as [Key, string][]) : []),
    ['fact_home', homeText(pass, networks)],
    ['holder_language', OWN_NAMES[pass.language]],
    ['fact_phone', pass.phone ? t('since', { day: dayAt(pass.phone.since) }) : t('none')],
    ['fact_paper', pass.paper ? t('since', { day: dayAt(pass.paper.since) }) : t('none')],
    ['fact_recovery', t(pass.recovery_code ? 'recovery_there' : 'none')],
    ['fact_issued', dayAndTime(pass.issued_at)],
    ['fact_terms', t('terms_accepted', { version: pass.terms_version, day: dayOf(pass.terms_day) })],
  ];
  return (
    <section class="card desk-card-facts">
      <dl class="facts">
        {rows.map(([key, value]) => (
          <Fragment key={key}>
            <dt>{t(key)}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

/** A phone that was replaced by mistake comes back for a day. The time left is drawn anew each minute. */
function Undo(p: { pass: PassOfWorker; put: (pass: PassOfWorker) => void; done: (words: string) => void }) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((n) => n + 1), 60_000);
    return () => clearInterval(timer);
  }, []);
  const left = undoLeft(p.pass, clock.now());
  if (left === 0) return null;
  const minutes = Math.ceil(left / 60_000);

  async function undo(): Promise<void> {
    setBusy(true);
    const answer = await api.changePass(asPerson, p.pass.id, 'undo-replacement', {});
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    p.put(answer.value.pass);
    p.done(t('done_undo'));
  }

  return (
    <Message kind="info" title={t('replaced')}>
      <p>{minutes >= 120 ? count('undo_hours', Math.floor(minutes / 60)) : count('undo_minutes', minutes)}</p>
      {problem && <Failure problem={problem} />}
      <Button icon="undo" busy={busy} onClick={() => void undo()}>
        {t('undo')}
      </Button>
    </Message>
  );
}
