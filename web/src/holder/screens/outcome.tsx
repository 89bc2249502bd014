// What came of an attempt to activate, in words. Each says what to do next.

import { NO_NETWORK } from '../../shared/api.ts';
import { go } from '../../shared/route.ts';
import { Button, Dialog, Failure, Field, Link, Message, problemWords } from '../../shared/ui/ui.tsx';
import type { Outcome } from '../activation.ts';
import { held } from '../carried.ts';
import type { TypedProblem, Wanted } from '../typed.ts';
import { t } from '../words.ts';

/** Where one goes with a pass that was activated: past the recovery code that is to be written down, if there is one. */
export function goToPass(id: string): void {
  const waits = held()?.all.find((c) => c.id === id)?.recovery;
  go(waits ? '/my/recovery' : '/', { replace: true });
}

/** Why what was typed cannot be sent. */
export function typedWords(problem: TypedProblem, wanted: Wanted): string {
  if (typeof problem === 'object') return `${t(`is_${problem.kind}`)} ${t(`wants_${wanted}`)}`;
  return t(`typed_${problem}`);
}

/** The birth year, where it is asked for. */
export function BirthYear({ value, onInput }: { value: string; onInput: (v: string) => void }) {
  return (
    <Field
      label={t('birth_year')}
      hint={t('birth_year_why')}
      value={value}
      onInput={onInput}
      inputMode="numeric"
      maxLength={4}
      autocomplete="bday-year"
    />
  );
}

/** Moving the pass from another phone is said before it is done. */
export function Replace({ open, busy, onYes, onNo }: { open: boolean; busy: boolean; onYes: () => void; onNo: () => void }) {
  const actions = (
    <>
      <Button kind="primary" busy={busy} onClick={onYes}>
        {t('replace_yes')}
      </Button>
      <Button onClick={onNo}>{t('replace_no')}</Button>
    </>
  );
  return (
    <Dialog title={t('replace_title')} open={open} onClose={onNo} actions={actions}>
      <p>{t('replace_what')}</p>
    </Dialog>
  );
}

/** A phone that keeps no keys is not the end: another browser, or paper. */
export function NoKeys() {
  return (
    <Message kind="stop" live title={t('no_keys')}>
      <p>{t('no_keys_try')}</p>
      <p>{t('no_keys_paper')}</p>
      <Link to="/my/paper">{t('paper')}</Link>
    </Message>
  );
}

export function Trouble({ outcome }: { outcome: Outcome | undefined }) {
  if (outcome?.is === 'no_keys') return <NoKeys />;
  if (outcome?.is !== 'problem') return null;
  if (outcome.problem.code === NO_NETWORK) {
    return (
      <Message kind="warn" live>
        <p>{t('needs_network')}</p>
      </Message>
    );
  }
  // What the holder can put right needs no code for support.
  if (outcome.problem.status < 500) {
    return (
      <Message kind="stop" live>
        <p>{problemWords(outcome.problem)}</p>
      </Message>
    );
  }
  return <Failure problem={outcome.problem} />;
}
