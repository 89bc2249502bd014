// Practising: every result can be seen and heard, and nothing is counted, kept or sent.

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { clock } from '../../shared/clock.ts';
import { PRACTICE_PREFIX } from '../../shared/practice.ts';
import type { Decision, Mark, Party, Reason } from '../../shared/types.ts';
import { Button, Header, Message, Screen } from '../../shared/ui/ui.tsx';
import type { Shown } from '../door.ts';
import { lookOf, soundOf } from '../look.ts';
import { aroundOf } from '../say.ts';
import { Sightings } from '../sightings.ts';
import { play, unlockSound } from '../sound.ts';
import { type Key, t } from '../words.ts';
import Camera from './camera.tsx';
import { Result } from './result.tsx';

type Example = 'ok' | 'amber' | 'stop' | 'other';
const EXAMPLES: readonly Example[] = ['ok', 'amber', 'stop', 'other'];
const NAMES: Readonly<Record<Example, Key>> = {
  ok: 'practice_ok',
  amber: 'practice_amber',
  stop: 'practice_stop',
  other: 'practice_other',
};

const NOBODY: Party = { children: 0, assistants: 0 };

/** Decisions as a door has them; the pass of the example has two children. */
function example(which: Example, now: number): Decision {
  const at = new Date(now).toISOString();
  const base = { scan_id: 'practice', party: NOBODY, at };
  const admitted = (marks: Mark[]): Decision => ({ ...base, decision: 'admitted', welcome: 2, marks });
  const refused = (reason: Reason): Decision => ({ ...base, decision: 'refused', welcome: 0, reason });
  switch (which) {
    case 'ok':
      return admitted([]);
    case 'amber':
      return admitted(['offline']);
    case 'stop':
      return { ...refused('already_admitted'), first_at: new Date(now - 6 * 60_000).toISOString() };
    case 'other':
      return refused('not_a_pass');
  }
}

/** A result lies over everything: the tabs, given as children, are out of reach under it as well. */
export default function PracticeScreen({ children }: { children?: ComponentChildren }) {
  const [shown, setShown] = useState<Shown>();
  const [real, setReal] = useState(false);
  const turn = useRef(0);
  const times = useRef(0);
  const sightings = useRef(new Sightings());

  const show = (which: Example) => {
    unlockSound();
    const decision = example(which, clock.now());
    setReal(false);
    setShown({ turn: ++turn.current, scan: 'practice', decision, party: decision.party });
    play(soundOf(lookOf(decision, around()).face));
  };
  // The same code again shows the next result, so that one phone is enough to see them all.
  const seen = (text: string) => {
    if (!sightings.current.fresh(text, clock.now())) return;
    if (!text.startsWith(PRACTICE_PREFIX)) return setReal(/^KP.:/.test(text));
    show(EXAMPLES[times.current++ % EXAMPLES.length] ?? 'ok');
  };

  return (
    <>
      <div class="scan-under" inert={shown !== undefined}>
        <Header />
        <Screen title={t('practice')} back="/scan/settings">
          <Message>
            <p>{t('practice_about')}</p>
          </Message>
          <p>{t('practice_camera')}</p>
          <Camera onText={seen} />
          {real && (
            <Message kind="warn" live>
              <p>{t('practice_real')}</p>
            </Message>
          )}
          <h2>{t('practice_show')}</h2>
          <div class="scan-examples">
            {EXAMPLES.map((which) => (
              <Button key={which} onClick={() => show(which)}>
                {t(NAMES[which])}
              </Button>
            ))}
          </div>
        </Screen>
        {children}
      </div>
      {shown && (
        <Result
          shown={shown}
          look={lookOf(shown.decision, around())}
          foot={t('practice')}
          actions={{
            next: () => setShown(undefined),
            correct: (party) => setShown({ ...shown, party }),
            undo: shown.decision.decision === 'admitted' ? () => setShown(undefined) : undefined,
          }}
        />
      )}
    </>
  );
}

const around = () => aroundOf(clock.now(), { days: 0, useless: undefined }, false, undefined);
