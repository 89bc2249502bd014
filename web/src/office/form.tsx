// Forms: what is wrong stands at its field and in a summary that leads there; what was typed stays until it is answered.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Problem } from '../shared/types.ts';
import { Icon } from '../shared/ui/icons.tsx';
import { Button, Failure, FieldsSpeak } from '../shared/ui/ui.tsx';
import { has, lookup } from '../shared/words.ts';
import { Keys } from './keys.ts';
import { t } from './words.ts';

/** Sentences by the field that they are about. */
export type Wrong = Readonly<Record<string, string>>;
/** The same, each to be said in the language of the moment: it may be changed while they stand there. */
export type Sentences = Readonly<Record<string, () => string>>;

export interface Form {
  busy: boolean;
  wrong: Wrong;
  problem: Problem | undefined;
  /** Counts the tries that found something wrong. */
  tries: number;
  /** Sends, unless something is wrong already. A body that is the same is sent with the same key until somebody answers. */
  send: <T>(wrong: Sentences, body: unknown, ask: (key: string) => Promise<Answer<T>>, done: (value: T) => void) => Promise<void>;
}

export function useForm(): Form {
  const [now, set] = useState<{ busy: boolean; wrong: Sentences; problem?: Problem; tries: number }>({ busy: false, wrong: {}, tries: 0 });
  const keys = useRef(new Keys());

  const send: Form['send'] = async (wrong, body, ask, done) => {
    if (Object.keys(wrong).length > 0) return set({ busy: false, wrong, tries: now.tries + 1 });
    set({ busy: true, wrong: {}, tries: now.tries });
    const answer = await ask(keys.current.of(body));
    keys.current.take(answer);
    if (answer.ok) {
      set({ busy: false, wrong: {}, tries: 0 });
      return done(answer.value);
    }
    const at = wrongField(answer.problem);
    if (at) set({ busy: false, wrong: at, tries: now.tries + 1 });
    else set({ busy: false, wrong: {}, problem: answer.problem, tries: now.tries });
  };
  const wrong = Object.fromEntries(Object.entries(now.wrong).map(([field, sentence]) => [field, sentence()]));
  return { busy: now.busy, wrong, problem: now.problem, tries: now.tries, send };
}

/** The sentence for a field that the server found wrong. */
function wrongField(problem: Problem): Sentences | undefined {
  if (problem.code !== 'invalid_field' || !problem.field) return undefined;
  const { low, high } = problem;
  if (low !== undefined) return { [problem.field]: () => t('wrong_range', { low, high: high ?? '' }) };
  const parts = problem.field.split('.').filter((part) => !/^\d+$/.test(part));
  for (let n = parts.length; n > 0; n--) {
    const key = `wrong_${parts.slice(0, n).join('_')}`;
    if (has(key)) return { [problem.field]: () => lookup(key) };
  }
  return { [problem.field]: () => t('problem_invalid_field') };
}

/** The id of a field in the page. */
export const fieldId = (field: string): string => `field-${field.replaceAll('.', '-')}`;

/** What is wrong, all in one place; it takes the focus, and each line leads to its field. */
function Summary({ form }: { form: Form }) {
  const at = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (form.tries > 0) at.current?.focus();
  }, [form.tries]);
  const all = Object.entries(form.wrong);
  if (all.length === 0) return null;
  return (
    <div ref={at} class="message stop" role="alert" tabIndex={-1}>
      <Icon name="stop" />
      <div>
        <strong>{t('check_form')}</strong>
        <ul class="office-wrong">
          {all.map(([field, sentence]) => (
            <li key={field}>
              <a href={`#${fieldId(field)}`} onClick={(e) => lead(e, field)}>
                {sentence}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function lead(e: MouseEvent, field: string): void {
  e.preventDefault();
  const found = document.getElementById(fieldId(field));
  const folded = found?.closest('details');
  if (folded) folded.open = true;
  found?.focus();
}

/** A form with its summary, what went wrong in sending, and its button. */
export function FormBox(p: { form: Form; onSubmit: () => void; submit: string; children: ComponentChildren; beside?: ComponentChildren }) {
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        if (!p.form.busy) p.onSubmit();
      }}
    >
      <Summary form={p.form} />
      <FieldsSpeak.Provider value={false}>{p.children}</FieldsSpeak.Provider>
      {p.form.problem && <Failure problem={p.form.problem} />}
      <div class="actions">
        <Button type="submit" kind="primary" busy={p.form.busy}>
          {p.submit}
        </Button>
        {p.beside}
      </div>
    </form>
  );
}
