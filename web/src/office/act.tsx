import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Answer, Problem } from '../shared/types.ts';
import type { IconName } from '../shared/ui/icons.tsx';
import { Button, Failure } from '../shared/ui/ui.tsx';

/** A button that asks the server for something small; what went wrong is said beside it. */
export function Act<T>(p: {
  send: () => Promise<Answer<T>>;
  done: (value: T) => void;
  children: ComponentChildren;
  about?: string;
  icon?: IconName;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  async function act(): Promise<void> {
    setBusy(true);
    const answer = await p.send();
    setBusy(false);
    if (answer.ok) p.done(answer.value);
    else setProblem(answer.problem);
  }
  return (
    <>
      <Button busy={busy} {...(p.icon ? { icon: p.icon } : {})} onClick={() => void act()}>
        {p.children}
        {p.about && <span class="visually-hidden"> {p.about}</span>}
      </Button>
      {problem && <Failure problem={problem} />}
    </>
  );
}
