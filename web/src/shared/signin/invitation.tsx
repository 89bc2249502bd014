// Taking up an invitation. The link's token stands after the #, goes to the server in a body, and leaves the address bar when it is used up.

import { useEffect, useState } from 'preact/hooks';
import * as api from '../api.ts';
import type { Language, Look, Problem, SignedIn } from '../types.ts';
import { Button, Check, Failure, Field, Header, Message, problemWords, Screen, Select, Skeleton } from '../ui/ui.tsx';
import { dayAndTime, OWN_NAMES, plainLanguage, textOf } from '../words.ts';
import { begin } from '../work.ts';
import { APPS, appOf, codesAfter, invitationToken, readCode, weakness, weaknessTold } from './flow.ts';
import { Password } from './form.tsx';
import { roleName } from './roles.tsx';
import { Authenticator, FirstCode, RecoveryCodes } from './secrets.tsx';
import { submitting } from './submit.ts';
import { useWait, WaitFailure } from './wait.tsx';
import { tell } from './words.ts';

/** The page of an invitation's link: what it gives, what it needs, and then on to the page of the role. */
export function InvitationPage() {
  const token = invitationToken(location.hash);
  const [look, setLook] = useState<Look>();
  const [problem, setProblem] = useState<Problem>();
  const [done, setDone] = useState<SignedIn>();

  async function read(): Promise<void> {
    if (!token) return;
    const answer = await api.lookAtInvitation(token);
    if (answer.ok) setLook(answer.value);
    setProblem(answer.ok ? undefined : answer.problem);
  }
  useEffect(() => void read(), []);

  function accepted(session: SignedIn): void {
    begin(session);
    history.replaceState(null, '', location.pathname);
    setDone(session);
    if (!session.recovery_codes?.length) goOn(session);
  }

  return (
    <>
      <Header />
      {done ? (
        <Screen title={tell('in_welcome')}>
          {done.recovery_codes && <RecoveryCodes codes={done.recovery_codes} done={() => goOn(done)} />}
        </Screen>
      ) : (
        <Screen title={tell('in_invitation')}>
          {!token && (
            <Message kind="stop" live>
              <p>{tell('in_invitation_broken')}</p>
            </Message>
          )}
          {problem && <Refused problem={problem} retry={() => void read()} />}
          {token && !look && !problem && <Skeleton />}
          {token && look && <Accept key={look.second_factor?.enrolment} token={token} look={look} again={read} done={accepted} />}
        </Screen>
      )}
    </>
  );
}

function goOn(session: SignedIn): void {
  location.assign(APPS[appOf(session.acting.role) ?? 'office']);
}

/** A link that cannot be used any more leads to the sign-in; anything else can be tried again. */
function Refused({ problem, retry }: { problem: Problem; retry: () => void }) {
  const over = ['invitation_used', 'invitation_expired', 'no_such_invitation'].includes(problem.code);
  if (!over) return <Failure problem={problem} retry={retry} />;
  return (
    <Message kind="stop" live>
      <p>{problemWords(problem)}</p>
      {problem.code === 'invitation_used' && (
        <a class="button" href={APPS.office}>
          {tell('in_to_sign_in')}
        </a>
      )}
    </Message>
  );
}

const TITLES = {
  account: 'in_needs_account',
  sign_in: 'in_needs_sign_in',
  second_factor: 'in_needs_second_factor',
  both: 'in_needs_both',
} as const;

/** What is wrong, to be said in the language of the moment: it may be chosen anew while it stands there. */
type Wrong = Partial<Record<'name' | 'password' | 'code' | 'next', () => string>>;

function Accept({ token, look, again, done }: { token: string; look: Look; again: () => Promise<void>; done: (s: SignedIn) => void }) {
  const { needs } = look;
  const [name, setName] = useState('');
  const [language, setLanguage] = useState<Language>(plainLanguage());
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [next, setNext] = useState('');
  const [two, setTwo] = useState(false);
  const [remember, setRemember] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const left = useWait(problem);
  const fresh = needs === 'account' || needs === 'both';

  function check(): Wrong {
    const typed = readCode(code);
    const whole = needs === 'sign_in' ? typed !== undefined : typed?.length === 6;
    const weak = fresh ? weakness(password) : undefined;
    return {
      ...(needs === 'account' && !name.trim() ? { name: () => tell('in_field_missing') } : {}),
      ...(weak ? { password: () => tell(weak) } : password === '' ? { password: () => tell('in_field_missing') } : {}),
      ...(whole ? {} : { code: () => tell(needs === 'sign_in' ? 'in_code_form' : 'in_six_digits') }),
      ...(two && typed?.length === 6 && readCode(next)?.length !== 6 ? { next: () => tell('in_six_digits') } : {}),
    };
  }

  async function submit(): Promise<void> {
    const found = check();
    setWrong(found);
    setProblem(undefined);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    const answer = await api.acceptInvitation({
      token,
      password,
      code: readCode(code) ?? '',
      ...(needs === 'account' ? { name: name.trim(), language } : {}),
      ...(two && readCode(next) ? { next_code: readCode(next) ?? '' } : {}),
      ...(look.second_factor ? { enrolment: look.second_factor.enrolment } : {}),
      ...(remember ? { remember } : {}),
    });
    setBusy(false);
    if (answer.ok) return done(answer.value);
    refused(answer.problem);
  }

  function refused(told: Problem): void {
    if (told.code === 'account_exists') void again();
    setTwo(codesAfter(told, two ? 'two' : 'one') === 'two');
    setCode('');
    setNext('');
    if (told.code === 'weak_password') setWrong({ password: () => tell(weaknessTold(password)) });
    else if (told.code === 'wrong_first_code') setWrong({ code: () => problemWords(told) });
    else setProblem(told);
  }

  return (
    <form noValidate onSubmit={submitting(() => (busy || left > 0 ? undefined : submit()))}>
      <About look={look} />
      <h2>{tell(TITLES[needs])}</h2>
      {/* For password managers: whose password this is. */}
      <span class="visually-hidden">
        <input type="email" autocomplete="username" value={look.email} readOnly tabIndex={-1} aria-hidden="true" />
      </span>
      {needs === 'account' && (
        <>
          <Field
            label={tell('in_your_name')}
            hint={tell('in_your_name_hint')}
            autocomplete="name"
            value={name}
            onInput={setName}
            error={wrong.name?.()}
          />
          <Select
            label={tell('in_your_language')}
            value={language}
            options={(['fi', 'sv', 'en'] as const).map((value) => ({ value, text: OWN_NAMES[value], lang: value }))}
            onChange={setLanguage}
          />
        </>
      )}
      <Password
        {...(fresh ? { fresh, label: tell('in_new_password'), hint: tell('in_new_password_hint') } : {})}
        value={password}
        onInput={setPassword}
        {...(wrong.password ? { wrong: wrong.password() } : {})}
      />
      {look.second_factor && <Authenticator enrolment={look.second_factor} />}
      {look.second_factor ? (
        <FirstCode value={code} onInput={setCode} wrong={false} />
      ) : (
        <Field
          class="digits"
          label={tell(two ? 'in_first_of_two' : 'in_code')}
          hint={tell('in_code_hint')}
          autocomplete="one-time-code"
          value={code}
          onInput={setCode}
        />
      )}
      {wrong.code && (
        <Message kind="stop" live>
          <p>{wrong.code()}</p>
        </Message>
      )}
      {two && (
        <>
          <p>{tell('in_two_codes')}</p>
          <Field
            class="digits"
            label={tell('in_second_of_two')}
            inputMode="numeric"
            value={next}
            onInput={setNext}
            error={wrong.next?.()}
          />
        </>
      )}
      <Check checked={remember} onChange={setRemember}>
        {tell('in_remember')}
        <br />
        <span class="hint">{tell('in_remember_hint')}</span>
      </Check>
      <WaitFailure problem={problem} left={left} />
      <Button kind="primary" type="submit" busy={busy} disabled={left > 0}>
        {tell(needs === 'sign_in' ? 'in_sign_in' : 'in_accept')}
      </Button>
    </form>
  );
}

function About({ look }: { look: Look }) {
  const place = textOf(look.organisation_name);
  return (
    <div class="card">
      {look.role && <p>{tell('in_invitation_to', { role: roleName(look.role.role) })}</p>}
      {place.text && <p lang={place.lang}>{tell('in_invitation_at', { place: place.text })}</p>}
      <p>{tell('in_invitation_for', { email: look.email })}</p>
      <p class="muted">{tell('in_invitation_until', { until: dayAndTime(look.expires) })}</p>
    </div>
  );
}
