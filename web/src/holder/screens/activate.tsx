// Activating with the worker's code: from a link, or typed.

import { useEffect, useState } from 'preact/hooks';
import { formatDigits } from '../../shared/digits.ts';
import { go } from '../../shared/route.ts';
import { Button, Field, Link, Message, Screen } from '../../shared/ui/ui.tsx';
import { byCode, doneLinks, linkDone, type Outcome, openedLink } from '../activation.ts';
import type { Held } from '../carried.ts';
import { iconOpens } from '../install.ts';
import { codeIn, grouped, readTyped, type TypedProblem } from '../typed.ts';
import { t } from '../words.ts';
import { Gate, useGate } from './gate.tsx';
import { BirthYear, goToPass, Replace, Trouble, typedWords } from './outcome.tsx';
import { OtherWays } from './start.tsx';

/** The code in the address, if there is one. */
function useLinkCode(): string | undefined {
  const read = () => codeIn(location.hash);
  const [code, set] = useState(read);
  useEffect(() => {
    const listener = () => set(read());
    addEventListener('hashchange', listener);
    return () => removeEventListener('hashchange', listener);
  }, []);
  return code;
}

/** An icon made from a link goes on opening with its code; once that is done with, the pass is what is wanted. */
function useDoneLink(code: string | undefined, passes: number): void {
  useEffect(() => {
    iconOpens(code);
    if (!code) return;
    openedLink(code);
    if (code.startsWith('0')) go(`/my/recover#${code}`, { replace: true });
    else if (passes > 0) void doneLinks().then((done) => done.includes(code) && go('/', { replace: true }));
    return () => iconOpens(undefined);
  }, [code]);
}

export default function Activate({ held }: { held: Held }) {
  const code = useLinkCode();
  const { around, gate, goOn } = useGate();
  useDoneLink(code, held.passes.length);
  if (gate) return <Gate gate={gate} ios={around.ios} code={code} goOn={goOn} />;
  const back = held.passes.length > 0 ? '/my/more' : '/';
  return (
    <Screen title={t('activate_title')} back={back}>
      {around.ios && !around.installed && (
        <Message kind="warn">
          <p>{t('seven_days')}</p>
        </Message>
      )}
      <CodeForm key={code} code={code} />
      {code && held.passes.length > 0 && (
        <Link to="/" onClick={() => void linkDone(code)}>
          {t('back_to_card')}
        </Link>
      )}
      <OtherWays />
    </Screen>
  );
}

function CodeForm({ code }: { code: string | undefined }) {
  const [typed, setTyped] = useState(code ? formatDigits(code) : '');
  const [wrong, setWrong] = useState<TypedProblem>();
  const [year, setYear] = useState('');
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const yearAsked = outcome?.is === 'birth_year' || year !== '';
  const send = async (replace: boolean) => {
    const read = readTyped(typed, 'activation');
    setWrong(read.ok ? undefined : read.problem);
    if (!read.ok) return document.getElementById('code')?.focus();
    setBusy(true);
    const next = await byCode(read.digits, { replace, birthYear: Number(year) || undefined });
    setBusy(false);
    setOutcome(next);
    if (next.is === 'active') goToPass(next.id);
  };
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        void send(false);
      }}
    >
      {code && <p>{t('link_code')}</p>}
      <Field
        id="code"
        class="digits"
        label={t('code')}
        hint={t('code_hint')}
        value={typed}
        onInput={setTyped}
        onBlur={() => setTyped(grouped)}
        error={wrong && typedWords(wrong, 'activation')}
        inputMode="numeric"
        autocomplete="one-time-code"
        enterKeyHint="go"
      />
      {yearAsked && <BirthYear value={year} onInput={setYear} />}
      <Trouble outcome={outcome} />
      <p class="visually-hidden" role="status">
        {busy ? t('activating') : ''}
      </p>
      <Button kind="primary" type="submit" busy={busy}>
        {t(busy ? 'activating' : 'activate')}
      </Button>
      <Replace open={outcome?.is === 'replace'} busy={busy} onYes={() => void send(true)} onNo={() => setOutcome(undefined)} />
    </form>
  );
}
