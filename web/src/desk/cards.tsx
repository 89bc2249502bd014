// The organisation's cards: by number, by a list that is ready, or by filters. What was looked for stays while the page lives, so that
// coming back from a card does not begin anew.

import { useEffect, useRef, useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { go } from '../shared/route.ts';
import { submitting } from '../shared/signin/submit.ts';
import type { Network, PassOfWorker, Problem } from '../shared/types.ts';
import { Button, CopyButton, Empty, Failure, Field, Link, Message, Screen, Skeleton } from '../shared/ui/ui.tsx';
import { dayOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Badge, homeText, partyText, standing } from './badge.tsx';
import { asked, NO_FILTER, noneOf, QUICK, type Quick, type Typed } from './filter.ts';
import { Filters } from './filters.tsx';
import { useNetworks } from './loaded.ts';
import { grouped, readTyped } from './number.ts';
import { cardPath, NEW } from './routes.ts';
import { FIND } from './shortcuts.tsx';
import { type Key, t } from './words.ts';

interface Looked {
  quick: Quick;
  typed: Typed;
}

const ALL: Looked = { quick: 'all', typed: NO_FILTER };
let looked = ALL;
let erased: string | undefined;

/** What was looked for is forgotten: somebody else is here. */
export function forgetCards(): void {
  looked = ALL;
  erased = undefined;
}

/** A card that is gone has no screen to say so. */
export function rememberErased(words: string): void {
  erased = words;
}

const PAGE = 50;

export function CardsScreen({ shortcut }: { shortcut: boolean }) {
  const { networks } = useNetworks();
  const [look, setLook] = useState(looked);
  const [said] = useState(erased);
  useEffect(() => {
    erased = undefined;
  }, []);
  function change(some: Partial<Looked>): void {
    looked = { ...look, ...some };
    setLook(looked);
  }
  return (
    <Screen title={t('cards')} wide>
      {said && (
        <Message kind="ok" live>
          <p>{said}</p>
        </Message>
      )}
      <div class="desk-top">
        <Find shortcut={shortcut} />
        <Link to={NEW} class="button primary desk-new-link">
          {t('new_card')}
        </Link>
      </div>
      <QuickLists at={look.quick} onChange={(quick) => change({ quick })} />
      <Filters typed={look.typed} quick={look.quick} onChange={(typed) => change({ typed })} />
      {look.quick === 'unused' && <ReadyMessage />}
      <List key={JSON.stringify(look)} look={look} networks={networks} />
    </Screen>
  );
}

/** A card by its number, from the worker's own records. Other digits are told apart before anybody is asked. */
function Find({ shortcut }: { shortcut: boolean }) {
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<Key>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  async function find(): Promise<void> {
    const read = readTyped(typed, 'pass_number');
    setProblem(undefined);
    setWrong(read.ok ? undefined : `find_${read.why}`);
    if (!read.ok) return;
    setBusy(true);
    const answer = await api.findPasses(asPerson, { number: read.digits });
    setBusy(false);
    if (!answer.ok) return setProblem(answer.problem);
    const [found] = answer.value.passes;
    if (found) go(cardPath(found.id));
    else setWrong('find_none');
  }

  return (
    <form class="desk-find" noValidate onSubmit={submitting(find)}>
      {problem && <Failure problem={problem} />}
      <Field
        id={FIND}
        class="digits"
        label={t('find')}
        hint={shortcut ? t('find_hint') : undefined}
        inputMode="numeric"
        enterKeyHint="search"
        value={typed}
        onInput={(value) => {
          setTyped(value);
          setWrong(undefined);
        }}
        error={wrong && t(wrong)}
      >
        <Button type="submit" icon="find" busy={busy}>
          {t('find_do')}
        </Button>
      </Field>
    </form>
  );
}

/** The lists that are worked through, with how many cards wait in each. */
function QuickLists({ at, onChange }: { at: Quick; onChange: (quick: Quick) => void }) {
  const [counts, setCounts] = useState<Partial<Record<Quick, string>>>({});
  useEffect(() => {
    for (const quick of QUICK) {
      if (quick === 'all') continue;
      void api.findPasses(asPerson, { ...asked(quick, NO_FILTER), limit: 100 }).then((answer) => {
        if (!answer.ok) return;
        const { passes, next } = answer.value;
        setCounts((now) => ({ ...now, [quick]: next ? `${passes.length}+` : String(passes.length) }));
      });
    }
  }, []);
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">{t('lists')}</legend>
      <div>
        {QUICK.map((quick) => (
          <label key={quick} class="chip">
            <input type="radio" name="desk-list" checked={quick === at} onChange={() => onChange(quick)} />
            <span>{counts[quick] === undefined ? t(`list_${quick}`) : `${t(`list_${quick}`)} (${counts[quick]})`}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Most cards that are never used were never brought into use: what to say to their holders is ready. */
function ReadyMessage() {
  const text = [t('ready_1'), t('ready_2'), t('ready_3')].join(' ');
  return (
    <details class="card desk-fold">
      <summary>{t('ready')}</summary>
      <p class="desk-quote">{text}</p>
      <CopyButton text={text} />
    </details>
  );
}

function List({ look, networks }: { look: Looked; networks: readonly Network[] }) {
  const [passes, setPasses] = useState<PassOfWorker[]>();
  const [next, setNext] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const open = useRef(true);
  useEffect(
    () => () => {
      open.current = false;
    },
    [],
  );

  async function read(cursor?: string): Promise<void> {
    setBusy(true);
    const answer = await api.findPasses(asPerson, { ...asked(look.quick, look.typed), limit: PAGE, ...(cursor ? { cursor } : {}) });
    if (!open.current) return;
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    setPasses((now) => [...((cursor && now) || []), ...answer.value.passes]);
    setNext(answer.value.next);
  }
  useEffect(() => void read(), []);

  return (
    <>
      {!passes && !problem && <Skeleton rows={6} />}
      {passes?.length === 0 && (
        <Empty text={t(noneOf(look.quick, look.typed))}>
          <Link to={NEW} class="button">
            {t('new_card')}
          </Link>
        </Empty>
      )}
      {passes && passes.length > 0 && (
        <ul class="list desk-cards">
          {passes.map((pass) => (
            <Row key={pass.id} pass={pass} networks={networks} />
          ))}
        </ul>
      )}
      {problem && <Failure problem={problem} retry={() => void read(passes ? next : undefined)} />}
      {next && !problem && (
        <Button busy={busy} onClick={() => void read(next)}>
          {t('more_cards')}
        </Button>
      )}
    </>
  );
}

/** A card in the list. One whose holder asked to renew is renewed with one tap; the day that the worker saw goes along, so that two taps
 * renew once. */
function Row({ pass: read, networks }: { pass: PassOfWorker; networks: readonly Network[] }) {
  const [pass, put] = useState(read);
  const [renewed, setRenewed] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const waits = pass.renew_asked !== undefined && pass.state !== 'revoked';

  async function renew(): Promise<void> {
    setBusy(true);
    const answer = await api.changePass(asPerson, pass.id, 'renew', { last: pass.last });
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    put(answer.value.pass);
    setRenewed(true);
  }

  return (
    <li class={`desk-row ${waits ? 'asked' : ''}`}>
      <Link to={cardPath(pass.id)} class="desk-row-link">
        <span class="desk-row-number">{grouped(pass.number)}</span>
        <Badge standing={standing(pass, networks)} />
        <span class="muted">{[pass.birth_year, homeText(pass, networks), partyText(pass)].filter(Boolean).join(' · ')}</span>
        <span class="muted">{t('valid_until', { day: dayOf(pass.last) })}</span>
      </Link>
      {(waits || renewed) && (
        <div class="desk-row-deed" role="status">
          {waits && <span>{t('asked_since', { day: dayOf(pass.renew_asked ?? '') })}</span>}
          {renewed && <strong>{t('done_renew', { day: dayOf(pass.last) })}</strong>}
          {waits && (
            <Button kind="primary" busy={busy} aria-label={t('renew_named', { number: grouped(pass.number) })} onClick={() => void renew()}>
              {t('renew')}
            </Button>
          )}
        </div>
      )}
      {problem && <Failure problem={problem} />}
    </li>
  );
}
