// The components that every role uses. Real elements first: form, dialog, output, button. Names and states are words, never colour alone.

import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { NO_NETWORK } from '../api.ts';
import { go } from '../route.ts';
import type { Problem } from '../types.ts';
import { say } from '../words/common.ts';
import { choose, has, LANGS, type Lang, language, lookup, OWN_NAMES } from '../words.ts';
import { Icon, type IconName } from './icons.tsx';

/** Whether fields say aloud what is wrong with them. A form that tells it in one place, or leads to the field, says it once. */
export const FieldsSpeak = createContext(true);

/** What is wrong with a field. */
export function Wrong({ id, text }: { id?: string; text: string }) {
  return (
    <p class="error" id={id} role={useContext(FieldsSpeak) ? 'alert' : undefined}>
      <Icon name="stop" /> {text}
    </p>
  );
}

type Children = { children?: ComponentChildren };

/** Whether a heading may take the focus when its screen opens: nothing has it, or only the tab that led here. */
export function mayTakeFocus(): boolean {
  const at = document.activeElement;
  return at === null || at === document.body || at.matches('nav [aria-current=page]');
}

/** A screen: its title is in the tab and in the one h1, which gets the focus when the screen opens, so that readers hear where they are. */
export function Screen(p: Children & { title: string; back?: string; wide?: boolean; headless?: boolean; actions?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${p.title} · ${say('brand')}`;
  }, [p.title]);
  useEffect(() => {
    if (mayTakeFocus()) heading.current?.focus({ preventScroll: true });
  }, []);
  const h1 = (
    <h1 ref={heading} tabIndex={-1} class={p.headless ? 'visually-hidden' : ''}>
      {p.title}
    </h1>
  );
  return (
    <main class={p.wide ? 'screen wide' : 'screen'}>
      {p.back !== undefined && <BackLink to={p.back} />}
      {!p.headless && h1}
      {p.children}
      {p.headless && h1}
      {p.actions && <div class="actions">{p.actions}</div>}
    </main>
  );
}

export function Link(p: Children & { to: string; class?: string; 'aria-current'?: 'page' | undefined; onClick?: () => void }) {
  return (
    <a
      href={p.to}
      class={p.class}
      aria-current={p['aria-current']}
      onClick={(e) => {
        if (e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return;
        e.preventDefault();
        p.onClick?.();
        go(p.to);
      }}
    >
      {p.children}
    </a>
  );
}

const BackLink = ({ to }: { to: string }) => (
  <Link to={to} class="back">
    <Icon name="back" /> {say('back')}
  </Link>
);

/** The brand, and the language, on every screen. */
export function Header(p: Children) {
  return (
    <header class="header">
      <span class="brand">{say('brand')}</span>
      {p.children}
      <LanguagePicker />
    </header>
  );
}

/** A native select: every phone knows how to show one, and each language stands in its own words. */
export function LanguagePicker() {
  const id = useId();
  return (
    <div class="language">
      <label for={id} class="visually-hidden">
        {say('language')}
      </label>
      <Icon name="language" />
      <select id={id} value={language()} onChange={(e) => void choose(e.currentTarget.value as Lang)}>
        {LANGS.map((l) => (
          <option key={l} value={l} lang={l === 'easy' ? 'fi' : l}>
            {OWN_NAMES[l]}
          </option>
        ))}
      </select>
    </div>
  );
}

export interface Tab {
  to: string;
  icon: IconName;
  text: string;
  /** A number in words for readers, such as "2 new". */
  badge?: { n: number; text: string } | undefined;
}

/** At most four tabs, within reach of the thumb. */
export function TabBar({ tabs, at, label }: { tabs: readonly Tab[]; at: string; label: string }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.to} to={tab.to} aria-current={tab.to === at ? 'page' : undefined}>
          <Icon name={tab.icon} />
          <span>{tab.text}</span>
          {tab.badge && tab.badge.n > 0 && (
            <span class="badge">
              <span aria-hidden="true">{tab.badge.n}</span>
              <span class="visually-hidden">{tab.badge.text}</span>
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

type ButtonProps = Children & {
  kind?: 'primary' | 'plain' | 'quiet' | 'stop';
  type?: 'button' | 'submit';
  busy?: boolean;
  disabled?: boolean;
  icon?: IconName;
  onClick?: (e: MouseEvent) => void;
  'aria-pressed'?: boolean;
  'aria-expanded'?: boolean;
  'aria-label'?: string;
  'aria-describedby'?: string;
  id?: string;
};

/** A button keeps its place and words while it is busy; it cannot be pressed twice. */
export function Button({ kind = 'plain', type = 'button', busy, disabled, icon, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      class={`button ${kind}`}
      aria-busy={busy ? 'true' : undefined}
      aria-disabled={busy || disabled ? 'true' : undefined}
      onClick={(e) => {
        if (busy || disabled) e.preventDefault();
        else onClick?.(e);
      }}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

type FieldProps = {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  children?: ComponentChildren;
  id?: string;
  class?: string;
  name?: string;
  type?: 'text' | 'email' | 'password' | 'date' | 'time' | 'number' | 'datetime-local' | 'search' | 'month';
  inputMode?: 'numeric' | 'text' | 'email' | 'search';
  autocomplete?: string;
  autocapitalize?: 'off' | 'characters';
  spellcheck?: boolean;
  required?: boolean;
  disabled?: boolean;
  readOnly?: boolean;
  maxLength?: number;
  min?: string | number;
  max?: string | number;
  list?: string;
  enterKeyHint?: 'done' | 'go' | 'next' | 'search';
  onBlur?: () => void;
  onKeyDown?: (e: KeyboardEvent) => void;
};

/** A field with its label, a hint, and what is wrong, all of them tied to it. */
export function Field({ label, hint, error, onInput, children, id, class: classes, ...rest }: FieldProps) {
  const made = useId();
  const at = id ?? made;
  const attributes: Record<string, unknown> = rest; // the union of input types is not worth following
  const described = [hint && `${at}-hint`, error && `${at}-error`].filter(Boolean).join(' ');
  return (
    <div class={`field ${classes ?? ''} ${error ? 'wrong' : ''}`}>
      <label for={at}>{label}</label>
      {hint && (
        <p class="hint" id={`${at}-hint`}>
          {hint}
        </p>
      )}
      <div class="input">
        <input
          autocomplete="off"
          {...attributes}
          id={at}
          aria-describedby={described || undefined}
          aria-invalid={error ? 'true' : undefined}
          onInput={(e) => onInput(e.currentTarget.value)}
        />
        {children}
      </div>
      {error && <Wrong id={`${at}-error`} text={error} />}
    </div>
  );
}

export function Select<V extends string>(p: {
  label: string;
  value: V;
  options: readonly { value: V; text: string; lang?: string | undefined }[];
  onChange: (value: V) => void;
  hint?: string | undefined;
  error?: string | undefined;
  id?: string;
}) {
  const made = useId();
  const id = p.id ?? made;
  const described = [p.hint && `${id}-hint`, p.error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class={`field ${p.error ? 'wrong' : ''}`}>
      <label for={id}>{p.label}</label>
      {p.hint && (
        <p class="hint" id={`${id}-hint`}>
          {p.hint}
        </p>
      )}
      <select
        id={id}
        value={p.value}
        aria-describedby={described || undefined}
        aria-invalid={p.error ? 'true' : undefined}
        onChange={(e) => p.onChange(e.currentTarget.value as V)}
      >
        {p.options.map((o) => (
          <option key={o.value} value={o.value} lang={o.lang}>
            {o.text}
          </option>
        ))}
      </select>
      {p.error && <Wrong id={`${id}-error`} text={p.error} />}
    </div>
  );
}

export function Check(p: Children & { checked: boolean; onChange: (on: boolean) => void; disabled?: boolean }) {
  return (
    <label class="check">
      <input type="checkbox" checked={p.checked} disabled={p.disabled} onChange={(e) => p.onChange(e.currentTarget.checked)} />
      <span>{p.children}</span>
    </label>
  );
}

/** One of a few numbers, one tap each: a family of four is one tap. */
export function Chips(p: { label: string; values: readonly number[]; value: number; onChange: (n: number) => void; disabled?: boolean }) {
  const name = useId();
  return (
    <fieldset class="chips" disabled={p.disabled}>
      <legend>{p.label}</legend>
      <div>
        {p.values.map((n) => (
          <label key={n} class="chip">
            <input type="radio" name={name} value={n} checked={n === p.value} onChange={() => p.onChange(n)} />
            <span>{n}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A number with buttons for fewer and more. */
export function Stepper(p: { label: string; value: number; min: number; max: number; onChange: (n: number) => void; hint?: string }) {
  const id = useId();
  return (
    <fieldset class="field stepper" aria-labelledby={id}>
      <span id={id} class="label">
        {p.label}
      </span>
      {p.hint && <p class="hint">{p.hint}</p>}
      <div class="steps">
        <Button aria-label={say('fewer', { what: p.label })} disabled={p.value <= p.min} onClick={() => p.onChange(p.value - 1)}>
          −
        </Button>
        <output>{p.value}</output>
        <Button aria-label={say('add', { what: p.label })} disabled={p.value >= p.max} onClick={() => p.onChange(p.value + 1)}>
          +
        </Button>
      </div>
    </fieldset>
  );
}

/** The browser's own dialog: it keeps the focus, Escape closes it, and the focus goes back, also when its screen takes it away open. */
export function Dialog(p: Children & { title: string; open: boolean; onClose: () => void; actions?: ComponentChildren }) {
  const at = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = at.current;
    if (!dialog || !p.open) return;
    dialog.showModal();
    return () => {
      dialog.close();
      // What opened it may be gone by what was done in it.
      if (document.activeElement === document.body) document.querySelector('h1')?.focus({ preventScroll: true });
    };
  }, [p.open]);
  // A dialog that is gone is told to be closed once more; whoever opens the next one is not to hear of it.
  return (
    <dialog ref={at} aria-labelledby={id} onClose={() => at.current && p.onClose()}>
      {p.open && (
        <>
          <div class="dialog-head">
            <h2 id={id}>{p.title}</h2>
            <button type="button" class="icon-button" aria-label={say('close')} onClick={() => at.current?.close()}>
              <Icon name="close" />
            </button>
          </div>
          {p.children}
          {p.actions && <div class="actions">{p.actions}</div>}
        </>
      )}
    </dialog>
  );
}

export type Kind = 'info' | 'ok' | 'warn' | 'stop';

const ICONS: Readonly<Record<Kind, IconName>> = { info: 'info', ok: 'ok', warn: 'warn', stop: 'stop' };

/** A line that says how things stand. It is read out when it appears: politely, and at once if something has to be done. */
export function Message(p: Children & { kind?: Kind; live?: boolean; title?: string }) {
  const kind = p.kind ?? 'info';
  return (
    <div class={`message ${kind}`} role={p.live ? (kind === 'stop' ? 'alert' : 'status') : undefined}>
      <Icon name={ICONS[kind]} />
      <div>
        {p.title && <strong>{p.title}</strong>}
        {p.children}
      </div>
    </div>
  );
}

/** The words for a problem: those of its code, else that something is wrong with the service. */
export function problemWords(problem: Problem): string {
  const key = `problem_${problem.code}`;
  const known = has(key) ? key : problem.status === 400 && problem.field ? 'problem_invalid_field' : 'problem_internal';
  const seconds = problem.retryAfter ?? 30;
  return lookup(known, { seconds, minutes: Math.ceil(seconds / 60), ...(problem as unknown as Record<string, string | number>) });
}

/** What went wrong, what to do, and then a small code for support. */
export function Failure({ problem, retry }: { problem: Problem; retry?: (() => void) | undefined }) {
  return (
    <Message kind={problem.code === NO_NETWORK ? 'warn' : 'stop'} live>
      <p>{problemWords(problem)}</p>
      {problem.instance && <p class="support">{say('support', { id: problem.instance.slice(0, 8) })}</p>}
      {retry && <Button onClick={retry}>{say('retry')}</Button>}
    </Message>
  );
}

/** Grey rows, but only after a moment: what is quick does not flicker. */
export function Skeleton({ rows = 3 }: { rows?: number }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeleton" aria-busy="true">
      <span class="visually-hidden" role="status">
        {slow ? say('loading') : ''}
      </span>
      {slow && Array.from({ length: rows }, (_, i) => <div key={i} />)}
    </div>
  );
}

/** Nothing here yet: one sentence and one thing to do. */
export function Empty(p: Children & { text: string }) {
  return (
    <div class="empty">
      <p>{p.text}</p>
      {p.children}
    </div>
  );
}

/** Says when a newer version of the app can be taken into use; the person chooses when. */
export function NewVersion() {
  const [ready, setReady] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let stop: (() => void) | undefined;
    void import('../offline.ts').then((offline) => {
      stop = offline.onNewVersion(() => setReady(true));
    });
    return () => stop?.();
  }, []);
  if (!ready) return null;
  const take = () => {
    setBusy(true); // it may take some seconds
    void import('../offline.ts').then((offline) => offline.takeOver());
  };
  return (
    <Message live>
      <p>{say('new_version')}</p>
      <Button busy={busy} onClick={take}>
        {say('take_new_version')}
      </Button>
    </Message>
  );
}

/** Copies a text, and says so where it was pressed: for readers beside the button, since nothing inside one is told apart. */
export function CopyButton({ text, children }: Children & { text: string }) {
  const [said, setSaid] = useState<'copied' | 'copy_failed'>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('copied');
    } catch {
      setSaid('copy_failed'); // not allowed, or a page without a secure address, which has no clipboard at all
    }
  };
  return (
    <>
      <Button icon={said === 'copied' ? 'ok' : 'copy'} onClick={() => void copy()}>
        {said === 'copied' ? say('copied') : (children ?? say('copy'))}
      </Button>
      <span class={said === 'copy_failed' ? 'hint' : 'visually-hidden'} role="status">
        {said && say(said)}
      </span>
    </>
  );
}
