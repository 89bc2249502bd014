// Typing a code where a camera cannot help: a paper number, a code that was said, a reservation code.

import { useState } from 'preact/hooks';
import { isOffline } from '../../shared/api.ts';
import { clock } from '../../shared/clock.ts';
import type { Problem } from '../../shared/types.ts';
import { Button, Dialog, Field, problemWords } from '../../shared/ui/ui.tsx';
import type { Door } from '../door.ts';
import type { Said } from '../look.ts';
import { sentence } from '../say.ts';
import { readTyped } from '../typed.ts';
import { t } from '../words.ts';

export default function Typing({ door, open, onClose }: { door: Door; open: boolean; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<Said | Problem>();
  const [busy, setBusy] = useState(false);

  const send = async () => {
    const read = readTyped(typed);
    if (!read.ok) return setError({ key: read.why });
    setBusy(true);
    const answer = await door.typed(read.text);
    setBusy(false);
    if (answer === 'unknown') return setError({ key: 'typed_unknown' });
    if (answer !== 'shown') return setError(wrong(answer));
    setTyped('');
    setError(undefined);
    onClose();
  };

  return (
    <Dialog title={t('type_code')} open={open} onClose={onClose}>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          if (!busy) void send();
        }}
      >
        <Field
          label={t('typed_label')}
          hint={t('typed_hint')}
          class="digits"
          value={typed}
          error={error && ('key' in error ? sentence(error) : problemWords(error))}
          autocapitalize="characters"
          spellcheck={false}
          enterKeyHint="go"
          onInput={(value) => {
            setTyped(value);
            setError(undefined);
          }}
        />
        <Button kind="primary" type="submit" busy={busy}>
          {t('typed_check')}
        </Button>
      </form>
    </Dialog>
  );
}

/** What is wrong, to be said in the language of the screen while it is there. */
function wrong(problem: Problem): Said | Problem {
  if (isOffline(problem)) return { key: 'typed_offline' };
  if (problem.code !== 'typing_paused') return problem;
  return { key: 'typed_paused', at: new Date(clock.now() + (problem.retryAfter ?? 60) * 1000).toISOString() };
}
