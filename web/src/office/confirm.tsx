import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Problem } from '../shared/types.ts';
import type { IconName } from '../shared/ui/icons.tsx';
import { Button, Dialog, Failure, Message } from '../shared/ui/ui.tsx';
import { Keys } from './keys.ts';
import { t } from './words.ts';

/** A button that asks once more what its press would do. A refusal is said in the dialog, which stays open. */
export function Confirm<T>(p: {
  label: string;
  title: string;
  act: string;
  send: (key: string) => Promise<Answer<T>>;
  done: (value: T) => void;
  children: ComponentChildren;
  kind?: 'stop' | 'plain' | 'quiet';
  icon?: IconName;
  /** What is sent, where that is not always the same. */
  body?: unknown;
  /** What the button is about, where several stand in a list. */
  about?: string;
}) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const keys = useRef(new Keys());

  async function act(): Promise<void> {
    setBusy(true);
    const answer = await p.send(keys.current.of(p.body ?? p.title));
    keys.current.take(answer);
    setBusy(false);
    if (!answer.ok) return setProblem(answer.problem);
    setOpen(false);
    p.done(answer.value);
  }

  function show(): void {
    setProblem(undefined);
    setOpen(true);
  }

  return (
    <>
      <Button kind={p.kind ?? 'plain'} {...(p.icon ? { icon: p.icon } : {})} onClick={show}>
        {p.label}
        {p.about && <span class="visually-hidden"> {p.about}</span>}
      </Button>
      <Dialog
        title={p.title}
        open={open}
        onClose={() => setOpen(false)}
        actions={
          <>
            <Button kind={p.kind === 'stop' ? 'stop' : 'primary'} busy={busy} onClick={() => void act()}>
              {p.act}
            </Button>
            <Button kind="quiet" onClick={() => setOpen(false)}>
              {t('back')}
            </Button>
          </>
        }
      >
        {p.children}
        {problem && <Failure problem={problem} />}
      </Dialog>
    </>
  );
}

/** What was done last; the number tells the same words apart when they are said again. */
export interface Done {
  text: string;
  n: number;
}

/** Keeps what was done last, for Said. */
export function useSaid(): [Done | undefined, (text: string | undefined) => void] {
  const [done, set] = useState<Done>();
  return [done, (text) => set((before) => (text === undefined ? undefined : { text, n: (before?.n ?? 0) + 1 }))];
}

/** Says what was done, and comes into view for it: the button may have stood far below. */
export function Said({ done }: { done: Done | undefined }) {
  const at = useRef<HTMLDivElement>(null);
  useEffect(() => at.current?.scrollIntoView({ block: 'nearest' }), [done?.n]);
  if (!done) return null;
  return (
    <div ref={at} class="office-said" key={done.n}>
      <Message kind="ok" live>
        <p>{done.text}</p>
      </Message>
    </div>
  );
}
