import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import * as api from '../api.ts';
import type { Answer, Computer, Enrolment, Problem } from '../types.ts';
import { Button, Dialog, Failure, Message, Screen, Skeleton } from '../ui/ui.tsx';
import { say } from '../words/common.ts';
import { dayAndTime, dayAt } from '../words.ts';
import { asPerson, end, endEverywhere, sameRole } from '../work.ts';
import { bare, codesAfter, openRoles, readCode, weakness, weaknessTold } from './flow.ts';
import { Password } from './form.tsx';
import { useWork } from './gate.tsx';
import { RolePlace, roleName } from './roles.tsx';
import { Authenticator, FirstCode, missingIn, NOTHING, ProofFields, proofOf, RecoveryCodes, type Typed } from './secrets.tsx';
import { submitting } from './submit.ts';
import { useWait, WaitFailure } from './wait.tsx';
import { tell, tellCount } from './words.ts';

type Change = 'password' | 'recovery' | 'factor';

/** Everything of the own account: roles, remembered computers, secrets, what the page adds, signing out. */
export function AccountScreen({ back, children }: { back: string; children?: ComponentChildren }) {
  const { person } = useWork();
  const [change, setChange] = useState<Change>();
  const [done, setDone] = useState<'in_password_changed' | 'in_factor_changed'>();
  return (
    <Screen title={tell('in_account')} back={back}>
      {done && (
        <Message kind="ok" live>
          <p>{tell(done)}</p>
        </Message>
      )}
      <dl class="facts">
        <dt>{tell('in_name')}</dt>
        <dd>{person.name}</dd>
        <dt>{tell('in_email')}</dt>
        <dd>{person.email}</dd>
      </dl>
      <Roles />
      <Computers />
      <section class="card">
        <h2>{tell('in_safety')}</h2>
        <p>{tellCount('in_recovery_left', person.recovery_codes_left)}</p>
        <Button onClick={() => setChange('recovery')}>{tell('in_new_recovery')}</Button>
        <Button onClick={() => setChange('password')}>{tell('in_change_password')}</Button>
        <Button onClick={() => setChange('factor')}>{tell('in_new_factor')}</Button>
      </section>
      {children}
      <SigningOut />
      {change === 'recovery' && <NewRecoveryCodes close={() => setChange(undefined)} />}
      {change === 'password' && <NewPassword close={() => setChange(undefined)} done={() => setDone('in_password_changed')} />}
      {change === 'factor' && <NewAuthenticator close={() => setChange(undefined)} done={() => setDone('in_factor_changed')} />}
    </Screen>
  );
}

function Roles() {
  const { person, acting, act } = useWork();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(-1);
  return (
    <section class="card">
      <h2>{tell('in_roles')}</h2>
      {problem && <Failure problem={problem} />}
      <ul class="list">
        {person.roles.map((role, i) => (
          <li key={`${role.role}/${role.organisation}/${role.network}`} class="account-row">
            <span>
              <strong>{roleName(role.role)}</strong> <RolePlace role={role} />
              {role.closed && ` (${tell('in_closed')})`}
              {sameRole(role, acting) && ` (${tell('in_role_now')})`}
            </span>
            {!sameRole(role, acting) && openRoles(person).includes(role) && (
              <Button
                busy={busy === i}
                onClick={() => {
                  setBusy(i);
                  void act(bare(role)).then((told) => {
                    if (told) setBusy(-1);
                    setProblem(told);
                  });
                }}
              >
                {tell('in_act_as')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Computers() {
  const { person, reload } = useWork();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState('');

  async function forget(computer: Computer): Promise<void> {
    setBusy(computer.id);
    const answer = await api.forgetComputer(asPerson, computer.id);
    const gone = answer.ok || answer.problem.code === 'no_such_computer';
    if (gone) await reload();
    setBusy('');
    setProblem(answer.ok || gone ? undefined : answer.problem);
  }

  return (
    <section class="card">
      <h2>{tell('in_computers')}</h2>
      {problem && <Failure problem={problem} />}
      {person.computers.length === 0 && <p class="muted">{tell('in_computers_none')}</p>}
      <ul class="list">
        {person.computers.map((c) => {
          const used = dayAndTime(c.used_at);
          return (
            <li key={c.id} class="account-row">
              <span>
                {tell('in_computer_used', { used })}
                <br />
                <span class="muted">{tell('in_computer_until', { until: dayAt(c.expires) })}</span>
              </span>
              <Button busy={busy === c.id} aria-label={tell('in_forget_named', { used })} onClick={() => void forget(c)}>
                {tell('in_forget')}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function SigningOut() {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  async function leave(by: () => Promise<Answer<undefined>>): Promise<void> {
    setBusy(true);
    const answer = await by();
    setBusy(false);
    if (!answer.ok) setProblem(answer.problem);
  }
  return (
    <section class="account-out">
      {problem && <Failure problem={problem} />}
      <Button icon="out" busy={busy} onClick={() => void leave(end)}>
        {tell('in_sign_out')}
      </Button>
      <Button busy={busy} onClick={() => void leave(endEverywhere)} aria-describedby="sign-out-all-hint">
        {tell('in_sign_out_all')}
      </Button>
      <p class="hint" id="sign-out-all-hint">
        {tell('in_sign_out_all_hint')}
      </p>
    </section>
  );
}

/** What every change of a secret has in common: both factors are shown again, since a computer may have been left open. */
function useProof() {
  const [typed, setTyped] = useState<Typed>(NOTHING);
  const [two, setTwo] = useState(false);
  const [wrong, setWrong] = useState<keyof Typed>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const left = useWait(problem);

  /** Asks with the proof, unless it is not whole; answers what came, or nothing. */
  async function prove<T>(ask: (proof: api.Proof) => Promise<Answer<T>>): Promise<T | undefined> {
    const missing = missingIn(typed, two);
    setWrong(missing);
    if (missing || busy || left > 0) return undefined;
    setBusy(true);
    const answer = await ask(proofOf(typed, two));
    setBusy(false);
    if (answer.ok) return answer.value ?? ({} as T);
    setTwo(codesAfter(answer.problem, two ? 'two' : 'one') === 'two');
    setTyped({ ...typed, code: '', next: '' });
    setProblem(answer.problem);
    return undefined;
  }

  const fields = <ProofFields typed={typed} two={two} wrong={wrong} onInput={setTyped} />;
  return { fields, prove, problem, left, busy };
}

function NewRecoveryCodes({ close }: { close: () => void }) {
  const proof = useProof();
  const { reload } = useWork();
  const [codes, setCodes] = useState<string[]>();
  async function submit(): Promise<void> {
    const answer = await proof.prove((shown) => api.renewRecoveryCodes(asPerson, shown));
    if (!answer) return;
    setCodes(answer.recovery_codes);
    void reload();
  }
  if (codes)
    return (
      <Dialog title={tell('in_new_recovery')} open onClose={close}>
        <RecoveryCodes codes={codes} done={close} />
      </Dialog>
    );
  return (
    <Dialog title={tell('in_new_recovery')} open onClose={close}>
      <form noValidate onSubmit={submitting(submit)}>
        <p>{tell('in_new_recovery_text')}</p>
        <WaitFailure problem={proof.problem} left={proof.left} />
        {proof.fields}
        <Button kind="primary" type="submit" busy={proof.busy} disabled={proof.left > 0}>
          {tell('in_new_recovery')}
        </Button>
      </form>
    </Dialog>
  );
}

function NewPassword({ close, done }: { close: () => void; done: () => void }) {
  const proof = useProof();
  const [fresh, setFresh] = useState('');
  const [weak, setWeak] = useState<string>();
  async function submit(): Promise<void> {
    const short = weakness(fresh);
    setWeak(short && tell(short));
    if (short) return;
    const answer = await proof.prove((shown) => api.changePassword(asPerson, { ...shown, new_password: fresh }));
    if (!answer) return;
    done();
    close();
  }
  const refused = proof.problem?.code === 'weak_password' ? tell(weaknessTold(fresh)) : undefined;
  return (
    <Dialog title={tell('in_change_password')} open onClose={close}>
      <form noValidate onSubmit={submitting(submit)}>
        <WaitFailure problem={refused ? undefined : proof.problem} left={proof.left} />
        <Password
          fresh
          label={tell('in_new_password')}
          hint={tell('in_new_password_hint')}
          value={fresh}
          onInput={setFresh}
          {...((weak ?? refused) ? { wrong: weak ?? refused ?? '' } : {})}
        />
        <p>{tell('in_proof_text')}</p>
        {proof.fields}
        <Button kind="primary" type="submit" busy={proof.busy} disabled={proof.left > 0}>
          {tell('in_change_password')}
        </Button>
      </form>
    </Dialog>
  );
}

function NewAuthenticator({ close, done }: { close: () => void; done: () => void }) {
  const proof = useProof();
  const { reload } = useWork();
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const [failed, setFailed] = useState<Problem>();
  const [fresh, setFresh] = useState('');
  const [wrong, setWrong] = useState(false);
  const [codes, setCodes] = useState<string[]>();

  async function draw(): Promise<void> {
    const answer = await api.startEnrolment(asPerson);
    if (answer.ok) setEnrolment(answer.value);
    setFailed(answer.ok ? undefined : answer.problem);
  }
  useEffect(() => void draw(), []);

  async function submit(): Promise<void> {
    const code = readCode(fresh);
    setWrong(code?.length !== 6);
    if (code?.length !== 6 || !enrolment) return;
    const answer = await proof.prove((shown) =>
      api.replaceSecondFactor(asPerson, { ...shown, enrolment: enrolment.enrolment, new_code: code }),
    );
    if (!answer) return;
    setCodes(answer.recovery_codes);
    done();
    void reload();
  }

  return (
    <Dialog title={tell('in_new_factor')} open onClose={close}>
      {codes ? (
        <RecoveryCodes codes={codes} done={close} />
      ) : (
        <form noValidate onSubmit={submitting(submit)}>
          <p>{tell('in_new_factor_text')}</p>
          {failed && <Failure problem={failed} retry={() => void draw()} />}
          {!enrolment && !failed && <Skeleton rows={1} />}
          {enrolment && <Authenticator enrolment={enrolment} />}
          <FirstCode label={tell('in_new_app_code')} hint={false} value={fresh} onInput={setFresh} wrong={wrong} />
          <p>{tell('in_proof_text')}</p>
          <WaitFailure problem={proof.problem} left={proof.left} />
          {proof.fields}
          <div class="row">
            <Button kind="primary" type="submit" busy={proof.busy} disabled={proof.left > 0 || !enrolment}>
              {tell('in_new_factor')}
            </Button>
            <Button onClick={close}>{say('cancel')}</Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
