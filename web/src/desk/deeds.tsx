// What a worker does with a card, each in a dialog of its own: what it means, why, and for what cannot be taken back the last digits of the
// number, so that it is this card and no other.

import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { go } from '../shared/route.ts';
import { submitting } from '../shared/signin/submit.ts';
import type { Answer, ChangeReason, Network, PassActions, PassAnswer, PassOfWorker, Problem } from '../shared/types.ts';
import { Button, Check, Dialog, Failure, Field, Message, Select } from '../shared/ui/ui.tsx';
import { say } from '../shared/words/common.ts';
import { dayOf, helsinkiDay } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { AskedAloud } from './aloud.tsx';
import { renewal } from './days.ts';
import { homeAsked, MOST_CHILDREN, type Wrong, wrongHome } from './facts.ts';
import { ChildrenField, HomeFields, LanguageField } from './fields.tsx';
import { remember } from './given.ts';
import { homeOf, rulesOn } from './home.ts';
import { givePath } from './routes.ts';
import type { Deed } from './standing.ts';
import { t } from './words.ts';

export interface DeedProps {
  pass: PassOfWorker;
  networks: readonly Network[];
  network: Network | undefined;
  close: () => void;
  /** The card as it is now, or nothing when it was erased; and what to say. */
  done: (pass: PassOfWorker | undefined, words: string) => void;
  /** Reads the card again. */
  again: () => Promise<void>;
}

export function DeedDialog({ deed, ...p }: DeedProps & { deed: Deed }): JSX.Element | null {
  switch (deed) {
    case 'new_phone':
      return <NewPhone {...p} />;
    case 'lost_phone':
      return <LostPhone {...p} />;
    case 'renew':
      return <Renew {...p} />;
    case 'correct':
      return <Correct {...p} />;
    case 'suspend':
      return <Suspend {...p} />;
    case 'resume':
      return <Resume {...p} />;
    case 'revoke':
      return <Revoke {...p} />;
    case 'erase':
      return <Erase {...p} />;
    case 'give_code':
    case 'bind':
    case 'paper':
      return null; // screens of their own
  }
}

/** Asks once at a time, and keeps what went wrong. */
function useAsking() {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  async function run<T>(ask: () => Promise<Answer<T>>, ok: (value: T) => void): Promise<void> {
    if (busy) return;
    setBusy(true);
    const answer = await ask();
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) ok(answer.value);
  }
  return { problem, busy, run };
}

type Asking = ReturnType<typeof useAsking>;

const change =
  <A extends keyof PassActions>(pass: PassOfWorker, action: A, body: PassActions[A]['body']) =>
  () =>
    api.changePass(asPerson, pass.id, action, body);

/** The frame of every deed. Where somebody else changed the card, the way on is to look again. */
function Frame(p: {
  props: DeedProps;
  title: string;
  act: string;
  asking: Asking;
  kind?: 'primary' | 'stop';
  ready?: boolean;
  submit: () => void;
  children: ComponentChildren;
}) {
  const { problem, busy } = p.asking;
  return (
    <Dialog title={p.title} open onClose={p.props.close}>
      <form noValidate onSubmit={submitting(p.submit)}>
        {p.children}
        {problem?.code === 'pass_changed' ? (
          <Message kind="warn" live>
            <p>{t('problem_pass_changed')}</p>
            <Button
              onClick={() => {
                p.props.close();
                void p.props.again();
              }}
            >
              {t('look_again')}
            </Button>
          </Message>
        ) : (
          problem && <Failure problem={problem} />
        )}
        <div class="desk-dialog-actions">
          <Button kind={p.kind ?? 'primary'} type="submit" busy={busy} disabled={p.ready === false}>
            {p.act}
          </Button>
          <Button onClick={p.props.close}>{say('cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

const REASONS = ['asked_by_holder', 'lost_phone', 'moved_away', 'misuse', 'mistake', 'other'] as const satisfies readonly ChangeReason[];

/** Why: one of a closed list, for nothing is ever written about a holder. */
function Reason(p: { value: ChangeReason | ''; onChange: (reason: ChangeReason | '') => void; wrong?: boolean; optional?: boolean }) {
  return (
    <Select
      label={p.optional ? `${t('reason')} (${say('optional')})` : t('reason')}
      value={p.value}
      options={[{ value: '', text: t('choose') }, ...REASONS.map((value) => ({ value, text: t(`reason_${value}`) }))]}
      onChange={p.onChange}
      error={p.wrong ? t('wrong_reason') : undefined}
    />
  );
}

/** The last four digits of the number, typed: a slip of the hand ends no card. */
function TypedAgain(p: { pass: PassOfWorker; value: string; onInput: (typed: string) => void; wrong: boolean }) {
  return (
    <Field
      class="digits desk-short"
      label={t('type_last_four')}
      inputMode="numeric"
      maxLength={4}
      value={p.value}
      onInput={p.onInput}
      error={p.wrong ? t('wrong_last_four') : undefined}
    />
  );
}

const isTypedAgain = (pass: PassOfWorker, typed: string): boolean => typed.trim() === pass.number.slice(-4);

function NewPhone(p: DeedProps) {
  const asking = useAsking();
  const [aloud, setAloud] = useState(false);
  const [lost, setLost] = useState(false);

  async function ask(): Promise<Answer<PassActions['new-phone']['answer']>> {
    if (lost) {
      const stopped = await change(p.pass, 'lost-phone', {})();
      if (!stopped.ok) return stopped;
    }
    return change(p.pass, 'new-phone', {})();
  }
  function made({ pass, code, expires }: PassActions['new-phone']['answer']): void {
    remember(pass.id, { code, expires });
    go(givePath(pass.id));
  }
  return (
    <Frame
      props={p}
      title={t('deed_new_phone')}
      act={t('make_code')}
      asking={asking}
      ready={aloud}
      submit={() => void (aloud && asking.run(ask, made))}
    >
      <p>{t('new_phone_text')}</p>
      <AskedAloud pass={p.pass} checked={aloud} onChange={setAloud} />
      <Check checked={lost} onChange={setLost}>
        {t('lost_now')}
        <br />
        <span class="hint">{t('lost_now_text')}</span>
      </Check>
    </Frame>
  );
}

function LostPhone(p: DeedProps) {
  const asking = useAsking();
  return (
    <Frame
      props={p}
      title={t('deed_lost_phone')}
      act={t('stop_phone')}
      kind="stop"
      asking={asking}
      submit={() => void asking.run(change(p.pass, 'lost-phone', {}), ({ pass }: PassAnswer) => p.done(pass, t('done_lost')))}
    >
      <p>{t('lost_phone_text')}</p>
    </Frame>
  );
}

function Renew(p: DeedProps) {
  const asking = useAsking();
  const today = helsinkiDay(clock.now());
  const next = p.network && renewal(p.pass, rulesOn(p.network, today), today);
  return (
    <Frame
      props={p}
      title={t('renew')}
      act={t('renew')}
      asking={asking}
      submit={() =>
        void asking.run(change(p.pass, 'renew', { last: p.pass.last }), ({ pass }: PassAnswer) =>
          p.done(pass, t('done_renew', { day: dayOf(pass.last) })),
        )
      }
    >
      <p>{next ? t('renew_text', { last: dayOf(p.pass.last), next: dayOf(next) }) : t('renew_text_short', { last: dayOf(p.pass.last) })}</p>
    </Frame>
  );
}

function Suspend(p: DeedProps) {
  const asking = useAsking();
  const [reason, setReason] = useState<ChangeReason | ''>('');
  const [wrong, setWrong] = useState(false);
  function submit(): void {
    setWrong(reason === '');
    if (reason) void asking.run(change(p.pass, 'suspend', { reason }), ({ pass }: PassAnswer) => p.done(pass, t('done_suspend')));
  }
  return (
    <Frame props={p} title={t('deed_suspend')} act={t('deed_suspend')} asking={asking} submit={submit}>
      <p>{t('suspend_text')}</p>
      <Reason value={reason} onChange={setReason} wrong={wrong && reason === ''} />
    </Frame>
  );
}

function Resume(p: DeedProps) {
  const asking = useAsking();
  return (
    <Frame
      props={p}
      title={t('deed_resume')}
      act={t('deed_resume')}
      asking={asking}
      submit={() => void asking.run(change(p.pass, 'resume', {}), ({ pass }: PassAnswer) => p.done(pass, t('done_resume')))}
    >
      <p>{t('resume_text')}</p>
    </Frame>
  );
}

function Revoke(p: DeedProps) {
  const asking = useAsking();
  const [reason, setReason] = useState<ChangeReason | ''>('');
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  function submit(): void {
    const whole = reason !== '' && isTypedAgain(p.pass, typed);
    setWrong(!whole);
    if (whole && reason) void asking.run(change(p.pass, 'revoke', { reason }), ({ pass }: PassAnswer) => p.done(pass, t('done_revoke')));
  }
  return (
    <Frame props={p} title={t('deed_revoke')} act={t('deed_revoke')} kind="stop" asking={asking} submit={submit}>
      <p>{t('revoke_text')}</p>
      <Reason value={reason} onChange={setReason} wrong={wrong && reason === ''} />
      <TypedAgain pass={p.pass} value={typed} onInput={setTyped} wrong={wrong && !isTypedAgain(p.pass, typed)} />
    </Frame>
  );
}

function Erase(p: DeedProps) {
  const asking = useAsking();
  const [reason, setReason] = useState<ChangeReason | ''>('asked_by_holder');
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  function submit(): void {
    setWrong(!isTypedAgain(p.pass, typed));
    if (isTypedAgain(p.pass, typed))
      void asking.run(change(p.pass, 'erase', reason ? { reason } : {}), () => p.done(undefined, t('done_erase')));
  }
  return (
    <Frame props={p} title={t('deed_erase')} act={t('deed_erase')} kind="stop" asking={asking} submit={submit}>
      <p>{t('erase_text')}</p>
      <Reason value={reason} onChange={setReason} optional />
      <TypedAgain pass={p.pass} value={typed} onInput={setTyped} wrong={wrong && !isTypedAgain(p.pass, typed)} />
    </Frame>
  );
}

function Correct(p: DeedProps) {
  const asking = useAsking();
  const { pass } = p;
  const [children, setChildren] = useState(String(pass.children));
  const [language, setLanguage] = useState(pass.language);
  const [live, setLive] = useState({
    postalCode: pass.postal_code ?? '',
    noAddress: pass.postal_code === undefined,
    municipality: pass.postal_code === undefined ? pass.municipality : '',
  });
  const [wrong, setWrong] = useState<Wrong>({});
  const home = homeOf(live.postalCode, p.networks, pass.network);
  const moved =
    live.noAddress !== (pass.postal_code === undefined) ||
    live.postalCode !== (pass.postal_code ?? '') ||
    live.municipality !== (pass.postal_code === undefined ? pass.municipality : '');
  const age = p.network ? rulesOn(p.network, helsinkiDay(clock.now())).child_age : 18;

  function submit(): void {
    const n = Number(children);
    const found: Wrong = {
      ...(moved ? wrongHome(live, home) : {}),
      ...(/^\d{1,2}$/.test(children) && n <= MOST_CHILDREN ? {} : { children: 'children' as const }),
    };
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    const body = {
      ...(n === pass.children ? {} : { children: n }),
      ...(language === pass.language ? {} : { language }),
      ...(moved ? homeAsked(live, home) : {}),
    };
    if (Object.keys(body).length === 0) p.close();
    else
      void asking.run(change(pass, 'correct', { ...body, version: pass.version }), ({ pass: next }: PassAnswer) =>
        p.done(next, t('done_correct')),
      );
  }

  return (
    <Frame props={p} title={t('deed_correct')} act={say('save')} asking={asking} submit={submit}>
      <p>{t('correct_text')}</p>
      {!pass.community && <ChildrenField id="correct-children" age={age} value={children} wrong={wrong} onInput={setChildren} />}
      <HomeFields
        id="correct"
        facts={live}
        home={home}
        networks={p.networks}
        own={pass.network}
        wrong={wrong}
        onChange={(some) => setLive((now) => ({ ...now, ...some }))}
      />
      <LanguageField value={language} onChange={setLanguage} />
    </Frame>
  );
}
