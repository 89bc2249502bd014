// Fields that only the office has.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Language, Text } from '../shared/types.ts';
import { Field, Wrong } from '../shared/ui/ui.tsx';
import { OWN_NAMES, plainLanguage } from '../shared/words.ts';
import { type Form, fieldId } from './form.tsx';
import { t } from './words.ts';

/** The languages of texts for people, the reader's own first. */
export function textLanguages(): Language[] {
  const own = plainLanguage();
  return [own, ...(['fi', 'sv', 'en'] as const).filter((l) => l !== own)];
}

/** Where a text is said to be missing: at the reader's own language, which stands first. */
export const firstOf = (field: string): string => `${field}.${plainLanguage()}`;

/** A field of a form: what is wrong with it comes from the form. */
export function FormField(p: { form: Form; field: string } & Omit<Parameters<typeof Field>[0], 'error' | 'id'>) {
  const { form, field, ...rest } = p;
  return <Field {...rest} id={fieldId(field)} error={form.wrong[field]} />;
}

/** A field for several lines. */
export function LongField(p: {
  form: Form;
  field: string;
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  rows?: number;
  maxLength?: number;
  lang?: string;
}) {
  const id = fieldId(p.field);
  const error = p.form.wrong[p.field];
  const described = [p.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class={`field ${error ? 'wrong' : ''}`}>
      <label for={id}>{p.label}</label>
      {p.hint && (
        <p class="hint" id={`${id}-hint`}>
          {p.hint}
        </p>
      )}
      <textarea
        id={id}
        rows={p.rows ?? 4}
        maxLength={p.maxLength}
        lang={p.lang}
        value={p.value}
        aria-describedby={described || undefined}
        aria-invalid={error ? 'true' : undefined}
        onInput={(e) => p.onInput(e.currentTarget.value)}
      />
      {error && <Wrong id={`${id}-error`} text={error} />}
    </div>
  );
}

interface Option<V extends string> {
  value: V;
  text: string;
  hint?: string;
}

/** One of a few, all of them to be seen. */
export function Choice<V extends string>(p: {
  legend: string;
  value: V;
  options: readonly Option<V>[];
  onChange: (value: V) => void;
  hint?: string;
  error?: string | undefined;
  id?: string;
}) {
  const name = useId();
  return (
    <fieldset class={`office-choice ${p.error ? 'wrong' : ''}`} id={p.id} tabIndex={-1}>
      <legend>{p.legend}</legend>
      {p.hint && <p class="hint">{p.hint}</p>}
      {p.options.map((o) => (
        <label key={o.value} class="check">
          <input type="radio" name={name} value={o.value} checked={o.value === p.value} onChange={() => p.onChange(o.value)} />
          <span>
            {o.text}
            {o.hint && <span class="hint">{o.hint}</span>}
          </span>
        </label>
      ))}
      {p.error && <Wrong text={p.error} />}
    </fieldset>
  );
}

/** Some of many, each with a box of its own. */
export function Boxes(p: { legend: string; hint?: string; children: ComponentChildren; error?: string | undefined; id?: string }) {
  return (
    <fieldset class={`office-choice ${p.error ? 'wrong' : ''}`} id={p.id} tabIndex={-1}>
      <legend>{p.legend}</legend>
      {p.hint && <p class="hint">{p.hint}</p>}
      {p.children}
      {p.error && <Wrong text={p.error} />}
    </fieldset>
  );
}

/** A name in up to three languages: the reader's own first, at least one of them written. */
export function NameFields(p: { form: Form; field: string; label: string; value: Text; onChange: (name: Text) => void }) {
  return (
    <fieldset class="office-choice">
      <legend>{p.label}</legend>
      <p class="hint">{t('one_language_is_enough')}</p>
      {textLanguages().map((l) => (
        <FormField
          key={l}
          form={p.form}
          field={`${p.field}.${l}`}
          label={OWN_NAMES[l]}
          maxLength={120}
          value={p.value[l] ?? ''}
          onInput={(words) => p.onChange({ ...p.value, [l]: words })}
        />
      ))}
    </fieldset>
  );
}

/** A part of a long form. */
export const Part = (p: { title: string; children: ComponentChildren }) => (
  <section class="office-part">
    <h2>{p.title}</h2>
    {p.children}
  </section>
);
