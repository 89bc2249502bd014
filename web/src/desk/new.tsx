// A new card on one page: a year, a postcode and a number. There is no field for who it is for, and the form says so.

import { useEffect, useRef, useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { go } from '../shared/route.ts';
import { useWork } from '../shared/signin/gate.tsx';
import { submitting } from '../shared/signin/submit.ts';
import type { Network, Problem } from '../shared/types.ts';
import { Button, Check, Failure, Field, FieldsSpeak, Message, Screen } from '../shared/ui/ui.tsx';
import { say } from '../shared/words/common.ts';
import { dayOf, helsinkiDay, plainLanguage } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { type Attempt, attemptOf, isUnanswered } from './attempt.ts';
import { validity } from './days.ts';
import { type FactField, type Facts, newPass, noFacts, type Wrong, wrongIn } from './facts.ts';
import { ChildrenField, DIGITS, HomeFields, LanguageField, moveTo } from './fields.tsx';
import { remember } from './given.ts';
import { homeOf, rulesOn } from './home.ts';
import { useNetworks } from './loaded.ts';
import { Questions } from './questions.tsx';
import { CARDS, givePath } from './routes.ts';
import { TERMS, Terms } from './terms.tsx';
import { t } from './words.ts';

const YEAR = 'new-year';
const POSTCODE = 'new-postcode';
const CHILDREN = 'new-children';
const FIELDS: Readonly<Record<FactField, string>> = {
  birthYear: YEAR,
  postalCode: POSTCODE,
  municipality: POSTCODE,
  children: CHILDREN,
};

export function NewScreen() {
  const { networks, problem, again } = useNetworks();
  const { acting } = useWork();
  const own = networks.find((n) => n.id === acting.network);
  return (
    <Screen title={t('new_card')} back={CARDS} wide>
      {own ? <NewCard networks={networks} own={own} /> : problem && <Failure problem={problem} retry={() => void again()} />}
    </Screen>
  );
}

function NewCard({ networks, own }: { networks: Network[]; own: Network }) {
  const [facts, setFacts] = useState<Facts>(() => noFacts(plainLanguage()));
  const [wrong, setWrong] = useState<Wrong>({});
  const making = useMaking();
  const today = helsinkiDay(clock.now());
  const rules = rulesOn(own, today);
  const home = homeOf(facts.postalCode, networks, own.id);
  const change = (some: Partial<Facts>) => {
    setFacts((now) => ({ ...now, ...some }));
    setWrong({});
  };
  useEffect(() => moveTo(YEAR), []);
  const at = useRef<Element | null>(null);
  const locked = making.busy || making.unanswered;
  // A form that is locked loses the focus; whoever has to go on in it is where they were.
  useEffect(() => {
    if (!locked && at.current instanceof HTMLElement && document.activeElement === document.body) at.current.focus();
  }, [locked]);

  function type(typed: string): void {
    const birthYear = typed.replace(DIGITS, '').slice(0, 4);
    const full = birthYear.length === 4 && facts.birthYear.length < 4;
    change({ birthYear });
    if (!full) return;
    // A year that cannot be is said at once, while the person who says it is on the line.
    const { birthYear: why } = wrongIn({ ...facts, birthYear }, home, rules, today);
    if (why) setWrong({ birthYear: why });
    else moveTo(facts.noAddress ? CHILDREN : POSTCODE);
  }

  function submit(): void {
    const found = wrongIn(facts, home, rules, today);
    setWrong(found);
    at.current = document.activeElement;
    const [first] = Object.keys(found) as FactField[];
    if (first) document.getElementById(FIELDS[first])?.focus();
    else void making.make(newPass(facts, home, TERMS, today));
  }

  const last = validity(today, rules).last;
  return (
    <form class="desk-new" noValidate onSubmit={submitting(making.busy ? () => undefined : submit)}>
      <FieldsSpeak.Provider value={false}>
        <fieldset disabled={locked} class="desk-plain">
          <p class="visually-hidden">{t('moves_on')}</p>
          {!facts.community && (
            <Field
              id={YEAR}
              class="digits desk-short"
              label={t('birth_year')}
              inputMode="numeric"
              maxLength={4}
              value={facts.birthYear}
              onInput={type}
              error={wrongYear(wrong, rules.min_age)}
            />
          )}
          <HomeFields
            id="new"
            facts={facts}
            home={home}
            networks={networks}
            own={own.id}
            wrong={wrong}
            onChange={change}
            {...(facts.community ? {} : { next: CHILDREN })}
          />
          {!facts.community && (
            <ChildrenField
              id={CHILDREN}
              age={rules.child_age}
              value={facts.children}
              wrong={wrong}
              onInput={(children) => change({ children })}
            />
          )}
          <LanguageField value={facts.language} onChange={(language) => change({ language })} />
          <Check checked={facts.community} onChange={(community) => change({ community })}>
            {t('community')}
            <br />
            <span class="hint">{t('community_text', { n: rules.group_max })}</span>
          </Check>
          {!facts.community && <Questions answers={facts.answers} onChange={(answers) => change({ answers })} />}
        </fieldset>
      </FieldsSpeak.Provider>
      <div class="desk-side">
        <Terms language={facts.language} community={facts.community} open={matchMedia('(min-width: 56.25rem)').matches} />
        <p class="desk-validity">
          {t('valid_from_to', { first: dayOf(today), last: dayOf(last) })}
          {own.status === 'pilot' && own.last && own.last < last && <> {t('pilot_ends', { day: dayOf(own.last) })}</>}
        </p>
        <p class="muted">{t('no_name')}</p>
        {Object.keys(wrong).length > 0 && (
          <Message kind="stop" live>
            <p>{say('check_form')}</p>
          </Message>
        )}
        <Unmade problem={making.problem} unanswered={making.unanswered} />
        <Button kind="primary" type="submit" busy={making.busy}>
          {making.unanswered ? say('retry') : t('make_card')}
        </Button>
      </div>
    </form>
  );
}

function wrongYear(wrong: Wrong, age: number): string | undefined {
  if (wrong.birthYear === 'too_young') return t('problem_too_young', { min_age: age });
  return wrong.birthYear ? t('wrong_year') : undefined;
}

/** Why there is no card; and, where nobody knows whether there is one, that trying again is safe. */
function Unmade({ problem, unanswered }: { problem: Problem | undefined; unanswered: boolean }) {
  if (!problem) return null;
  if (!unanswered) return <Failure problem={problem} />;
  return (
    <Message kind="warn" live title={t('new_needs_network')}>
      <p>{t('new_unanswered')}</p>
    </Message>
  );
}

interface Making {
  make: (body: Attempt['body']) => Promise<void>;
  busy: boolean;
  problem: Problem | undefined;
  /** A card was asked for, and nobody knows whether it was made. */
  unanswered: boolean;
}

/** Makes a card and its first code, and goes on to hand it over. */
function useMaking(): Making {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [unanswered, setUnanswered] = useState(false);
  const attempt = useRef<Attempt | undefined>(undefined);

  async function make(body: Attempt['body']): Promise<void> {
    attempt.current = attemptOf(attempt.current, body);
    setBusy(true);
    setProblem(undefined);
    const answer = await api.issuePass(asPerson, attempt.current.body, attempt.current.key);
    if (!answer.ok) {
      const open = isUnanswered(answer.problem);
      if (!open) attempt.current = undefined;
      setUnanswered(open);
      setProblem(answer.problem);
      return setBusy(false);
    }
    attempt.current = undefined;
    const { id } = answer.value;
    // Without an answer here the next screen makes the code.
    const code = await api.changePass(asPerson, id, 'activation-code', {});
    if (code.ok) remember(id, { code: code.value.code, expires: code.value.expires });
    go(givePath(id), { replace: true });
  }

  useEffect(() => {
    if (!unanswered) return;
    const again = () => attempt.current && void make(attempt.current.body);
    const stay = (e: BeforeUnloadEvent) => e.preventDefault();
    addEventListener('online', again);
    addEventListener('beforeunload', stay);
    return () => {
      removeEventListener('online', again);
      removeEventListener('beforeunload', stay);
    };
  }, [unanswered]);
  return { make, busy, problem, unanswered };
}
