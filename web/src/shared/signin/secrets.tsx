// What is shown once or asked again around secrets: an authenticator to enrol, recovery codes, and the proof that it is still oneself.

import { useState } from 'preact/hooks';
import type { Proof } from '../api.ts';
import type { Enrolment } from '../types.ts';
import { StillCode } from '../ui/qr.tsx';
import { Button, Check, CopyButton, Field } from '../ui/ui.tsx';
import { readCode } from './flow.ts';
import { Password } from './form.tsx';
import { tell } from './words.ts';

/** An authenticator to enrol: the pattern, a link for the phone that this is, and the key to type. */
export function Authenticator({ enrolment }: { enrolment: Enrolment }) {
  return (
    <section class="authenticator">
      <h2>{tell('in_authenticator')}</h2>
      <p>{tell('in_authenticator_text')}</p>
      <StillCode text={enrolment.uri} label={tell('in_authenticator_code')} />
      <a class="button" href={enrolment.uri}>
        {tell('in_open_authenticator')}
      </a>
      <p>{tell('in_secret_text')}</p>
      <output class="secret">{inFours(enrolment.secret)}</output>
      <CopyButton text={enrolment.secret}>{tell('in_copy_secret')}</CopyButton>
    </section>
  );
}

/** A long key in groups of four: nobody types 32 characters from one row. */
export const inFours = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? '';

/** Six digits of an authenticator. */
export function FirstCode(p: {
  label?: string;
  hint?: boolean;
  value: string;
  onInput: (value: string) => void;
  wrong: boolean;
  id?: string;
}) {
  return (
    <Field
      {...(p.id === undefined ? {} : { id: p.id })}
      class="digits"
      label={p.label ?? tell('in_first_code')}
      hint={p.hint === false ? undefined : tell('in_first_code_hint')}
      inputMode="numeric"
      autocomplete="one-time-code"
      value={p.value}
      onInput={p.onInput}
      error={p.wrong ? tell('in_six_digits') : undefined}
    />
  );
}

/** What is typed to show that it is oneself, while it is typed. */
export interface Typed {
  password: string;
  code: string;
  next: string;
}

export const NOTHING: Typed = { password: '', code: '', next: '' };

/** Which field of a proof is not yet what it must be. */
export function missingIn(typed: Typed, two: boolean): keyof Typed | undefined {
  if (typed.password === '') return 'password';
  const code = readCode(typed.code);
  if (!code) return 'code';
  return two && code.length === 6 && readCode(typed.next)?.length !== 6 ? 'next' : undefined;
}

export function proofOf(typed: Typed, two: boolean): Proof {
  const next = readCode(typed.next);
  return { password: typed.password, code: readCode(typed.code) ?? '', ...(two && next ? { next_code: next } : {}) };
}

export function ProofFields(p: { typed: Typed; two: boolean; wrong: keyof Typed | undefined; onInput: (typed: Typed) => void }) {
  return (
    <>
      <Password
        label={tell('in_your_password')}
        value={p.typed.password}
        onInput={(password) => p.onInput({ ...p.typed, password })}
        wrong={p.wrong === 'password'}
      />
      {p.two && <p>{tell('in_two_codes')}</p>}
      <Field
        class="digits"
        label={tell(p.two ? 'in_first_of_two' : 'in_your_code')}
        hint={tell('in_code_hint')}
        autocomplete="one-time-code"
        autocapitalize="characters"
        spellcheck={false}
        value={p.typed.code}
        onInput={(code) => p.onInput({ ...p.typed, code })}
        error={p.wrong === 'code' ? tell('in_code_form') : undefined}
      />
      {p.two && (
        <Field
          class="digits"
          label={tell('in_second_of_two')}
          inputMode="numeric"
          value={p.typed.next}
          onInput={(next) => p.onInput({ ...p.typed, next })}
          error={p.wrong === 'next' ? tell('in_six_digits') : undefined}
        />
      )}
    </>
  );
}

/** Recovery codes, shown once: going on needs the word that they were kept. */
export function RecoveryCodes({ codes, done }: { codes: readonly string[]; done: () => void }) {
  const [kept, setKept] = useState(false);
  return (
    <section class="recovery-codes">
      <h2>{tell('in_recovery_codes')}</h2>
      <p>{tell('in_recovery_codes_text')}</p>
      <ol class="recovery-list">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div class="row no-print">
        <CopyButton text={codes.join('\n')}>{tell('in_copy_codes')}</CopyButton>
        <Button icon="print" onClick={() => print()}>
          {tell('in_print_codes')}
        </Button>
      </div>
      <div class="no-print">
        <Check checked={kept} onChange={setKept}>
          {tell('in_recovery_codes_saved')}
        </Check>
        <Button kind="primary" disabled={!kept} onClick={done}>
          {tell('in_go_on')}
        </Button>
      </div>
    </section>
  );
}
