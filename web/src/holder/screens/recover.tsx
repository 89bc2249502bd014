// Moving the pass to this phone with its number and recovery code: at night and on Sundays too.

import { useState } from 'preact/hooks';
import { formatDigits } from '../../shared/digits.ts';
import { Button, Field, Link, Screen } from '../../shared/ui/ui.tsx';
import { byRecovery, type Outcome } from '../activation.ts';
import { codeIn, grouped, readTyped, type TypedProblem } from '../typed.ts';
import { t } from '../words.ts';
import { Gate, useGate } from './gate.tsx';
import { BirthYear, goToPass, Trouble, typedWords } from './outcome.tsx';

export default function Recover() {
  const { around, gate, goOn } = useGate();
  const linked = codeIn(location.hash);
  if (gate) return <Gate gate={gate} ios={around.ios} code={linked} goOn={goOn} />;
  return (
    <Screen title={t('recover_title')} back="/activate">
      <p>{t('recover_how')}</p>
      <RecoverForm linked={linked} />
      <p class="muted">{t('recover_lost')}</p>
      <Link to="/my/digits">{t('way_digits')}</Link>
    </Screen>
  );
}

interface Typed {
  number: string;
  code: string;
  year: string;
}
type Errors = Partial<Record<'number' | 'code', TypedProblem>>;

/** What is wrong with what was typed, by field; both are looked at at once. */
function check({ number, code }: Typed): { errors: Errors; digits?: { number: string; code: string } } {
  const n = readTyped(number, 'pass_number');
  const c = readTyped(code, 'recovery');
  if (n.ok && c.ok) return { errors: {}, digits: { number: n.digits, code: c.digits } };
  return {
    errors: {
      ...(n.ok ? {} : { number: n.problem }),
      ...(c.ok ? {} : { code: c.problem }),
    },
  };
}

function RecoverForm({ linked }: { linked: string | undefined }) {
  const [typed, setTyped] = useState<Typed>({ number: '', code: linked ? formatDigits(linked) : '', year: '' });
  const [errors, setErrors] = useState<Errors>({});
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const set = (field: keyof Typed) => (value: string) => setTyped((now) => ({ ...now, [field]: value }));
  const group = (field: 'number' | 'code') => () => setTyped((now) => ({ ...now, [field]: grouped(now[field]) }));
  const send = async (e: Event) => {
    e.preventDefault();
    const { errors, digits } = check(typed);
    setErrors(errors);
    if (!digits) return document.getElementById(errors.number ? 'number' : 'code')?.focus();
    setBusy(true);
    const next = await byRecovery(digits.number, digits.code, Number(typed.year) || undefined);
    setBusy(false);
    setOutcome(next);
    if (next.is === 'active') goToPass(next.id);
  };
  return (
    <form noValidate onSubmit={send}>
      <Field
        id="number"
        class="digits"
        label={t('pass_number')}
        hint={t('pass_number_hint')}
        value={typed.number}
        onInput={set('number')}
        onBlur={group('number')}
        error={errors.number && typedWords(errors.number, 'pass_number')}
        inputMode="numeric"
      />
      <Field
        id="code"
        class="digits"
        label={t('recovery_code')}
        hint={t('recovery_code_hint')}
        value={typed.code}
        onInput={set('code')}
        onBlur={group('code')}
        error={errors.code && typedWords(errors.code, 'recovery')}
        inputMode="numeric"
        autocomplete="one-time-code"
      />
      {(outcome?.is === 'birth_year' || typed.year !== '') && <BirthYear value={typed.year} onInput={set('year')} />}
      <Trouble outcome={outcome} />
      <p class="visually-hidden" role="status">
        {busy ? t('activating') : ''}
      </p>
      <Button kind="primary" type="submit" busy={busy}>
        {t(busy ? 'activating' : 'activate')}
      </Button>
    </form>
  );
}
