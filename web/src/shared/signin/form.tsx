import { useEffect, useId, useRef, useState } from 'preact/hooks';
import * as api from '../api.ts';
import type { Problem } from '../types.ts';
import { Button, Check, Field } from '../ui/ui.tsx';
import { begin } from '../work.ts';
import { type Codes, codesAfter, readCode } from './flow.ts';
import { submitting } from './submit.ts';
import { useWait, WaitFailure } from './wait.tsx';
import { tell } from './words.ts';

/** E-mail and password; the code only where the computer is not remembered; two codes where an account is under attack. */
export function SignInForm({ done }: { done: () => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [next, setNext] = useState('');
  const [remember, setRemember] = useState(false);
  const [codes, setCodes] = useState<Codes>('none');
  const [problem, setProblem] = useState<Problem>();
  const [wrong, setWrong] = useState<'email' | 'password' | 'code' | 'next'>();
  const [busy, setBusy] = useState(false);
  const left = useWait(problem);
  const id = useId();
  const shown = useRef(codes);

  // What is asked for next gets the focus when it appears.
  useEffect(() => {
    document.getElementById(codes === 'none' ? `${id}-email` : `${id}-code`)?.focus();
    shown.current = codes;
  }, [codes]);

  function missing(): typeof wrong {
    if (!/.@./.test(email.trim())) return 'email';
    if (password === '') return 'password';
    if (codes !== 'none' && !readCode(code)) return 'code';
    // A recovery code is enough by itself.
    if (codes === 'two' && readCode(code)?.length === 6 && readCode(next)?.length !== 6) return 'next';
    return undefined;
  }

  async function submit(): Promise<void> {
    const at = missing();
    setWrong(at);
    if (at) return document.getElementById(`${id}-${at}`)?.focus();
    setBusy(true);
    const answer = await api.signIn({
      email: email.trim(),
      password,
      ...(codes === 'none' ? {} : { code: readCode(code) ?? '' }),
      ...(codes === 'two' && readCode(next) ? { next_code: readCode(next) ?? '' } : {}),
      ...(remember ? { remember } : {}),
    });
    setBusy(false);
    if (answer.ok) {
      begin(answer.value);
      return done();
    }
    refused(answer.problem);
  }

  function refused(told: Problem): void {
    const wanted = codesAfter(told, codes);
    const first = wanted !== codes;
    setCodes(wanted);
    // A code works once: the same one again would only be wrong again.
    if (codes !== 'none') {
      setCode('');
      setNext('');
    }
    // To be asked for a code is no mistake.
    setProblem(first ? undefined : told);
    if (!first && told.code === 'wrong_sign_in') document.getElementById(`${id}-${codes === 'none' ? 'password' : 'code'}`)?.focus();
  }

  const asked = codes !== 'none';
  return (
    <form noValidate class="sign-in" onSubmit={submitting(() => (busy || left > 0 ? undefined : submit()))}>
      <WaitFailure problem={problem} left={left} />
      <Field
        id={`${id}-email`}
        label={tell('in_email')}
        type="email"
        inputMode="email"
        autocomplete="username"
        autocapitalize="off"
        spellcheck={false}
        value={email}
        onInput={setEmail}
        error={wrong === 'email' ? tell('in_email_form') : undefined}
      />
      <Password id={`${id}-password`} value={password} onInput={setPassword} wrong={wrong === 'password'} />
      {asked && (
        <div class="sign-in-codes">
          {codes === 'two' && <p>{tell('in_two_codes')}</p>}
          <Field
            id={`${id}-code`}
            class="digits"
            label={tell(codes === 'two' ? 'in_first_of_two' : 'in_code')}
            hint={tell('in_code_hint')}
            autocomplete="one-time-code"
            autocapitalize="characters"
            spellcheck={false}
            inputMode="text"
            value={code}
            onInput={setCode}
            error={wrong === 'code' ? tell('in_code_form') : undefined}
          />
          {codes === 'two' && (
            <Field
              id={`${id}-next`}
              class="digits"
              label={tell('in_second_of_two')}
              inputMode="numeric"
              value={next}
              onInput={setNext}
              error={wrong === 'next' ? tell('in_six_digits') : undefined}
            />
          )}
          <Check checked={remember} onChange={setRemember}>
            {tell('in_remember')}
            <br />
            <span class="hint">{tell('in_remember_hint')}</span>
          </Check>
        </div>
      )}
      <Button kind="primary" type="submit" busy={busy} disabled={left > 0}>
        {tell('in_sign_in')}
      </Button>
      <details class="sign-in-help">
        <summary>{tell('in_forgot')}</summary>
        <p>{tell('in_forgot_text')}</p>
      </details>
    </form>
  );
}

/** The password, which can be shown: typing blind is the commonest way to be wrong. */
export function Password(p: {
  id?: string;
  label?: string;
  hint?: string;
  value: string;
  fresh?: boolean;
  wrong?: boolean | string;
  onInput: (value: string) => void;
}) {
  const [shown, setShown] = useState(false);
  const error = typeof p.wrong === 'string' ? p.wrong : p.wrong ? tell('in_field_missing') : undefined;
  return (
    <div class="sign-in-password">
      <Field
        {...(p.id === undefined ? {} : { id: p.id })}
        label={p.label ?? tell('in_password')}
        hint={p.hint}
        type={shown ? 'text' : 'password'}
        autocomplete={p.fresh ? 'new-password' : 'current-password'}
        autocapitalize="off"
        spellcheck={false}
        value={p.value}
        onInput={p.onInput}
        error={error}
      />
      <Check checked={shown} onChange={setShown}>
        {tell('in_show_password')}
      </Check>
    </div>
  );
}
