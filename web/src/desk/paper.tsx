// The card on paper, for who has no smartphone. It shows what it is and nothing about who gave it; the name is written by hand.

import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { formatDigits } from '../shared/digits.ts';
import { go } from '../shared/route.ts';
import type { Language, PaperAnswer, PassOfWorker, Problem } from '../shared/types.ts';
import { PrintedCode } from '../shared/ui/qr.tsx';
import { Button, Failure, Message, Screen, Skeleton } from '../shared/ui/ui.tsx';
import { dayAt } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { usePass } from './loaded.ts';
import { PrintView } from './printing.tsx';
import { cardPath } from './routes.ts';
import { useSaid } from './said.ts';
import { dayIn, t, wordsIn } from './words.ts';

export function PaperScreen({ id }: { id: string }) {
  const { pass, problem, again } = usePass(id);
  const [printed, setPrinted] = useState<PaperAnswer>();
  if (printed) return <PaperPrint printed={printed} close={() => go(cardPath(id), { replace: true })} />;
  return (
    <Screen title={t('paper_card')} back={cardPath(id)}>
      {problem && <Failure problem={problem} retry={() => void again()} />}
      {!pass && !problem && <Skeleton />}
      {pass && <Before pass={pass} made={setPrinted} />}
    </Screen>
  );
}

function Before({ pass, made }: { pass: PassOfWorker; made: (printed: PaperAnswer) => void }) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  async function make(): Promise<void> {
    setBusy(true);
    const answer = (await wordsAreHere(pass.language))
      ? await api.changePass(asPerson, pass.id, 'paper', {})
      : { ok: false as const, problem: { status: 0, code: api.NO_NETWORK } };
    setBusy(false);
    if (answer.ok) made(answer.value);
    else setProblem(answer.problem);
  }
  return (
    <>
      <p>{t('paper_text')}</p>
      {pass.paper && (
        <Message kind="warn">
          <p>{t('paper_replaces', { day: dayAt(pass.paper.since) })}</p>
        </Message>
      )}
      {problem && <Failure problem={problem} />}
      <Button kind="primary" icon="print" busy={busy} onClick={() => void make()}>
        {t('paper_make')}
      </Button>
    </>
  );
}

/** A new paper ends the one before: it is not made while it could not be shown. */
const wordsAreHere = (language: Language): Promise<boolean> =>
  wordsIn(language).then(
    () => true,
    () => false,
  );

/** Modules of 0.75 mm: 53 of them, quiet zone included, are as high as a bank card has room for. */
const MODULE = 0.75;

function PaperPrint({ printed, close }: { printed: PaperAnswer; close: () => void }) {
  const { pass } = printed;
  const said = useSaid(pass.language);
  if (!said) return null;
  return (
    <PrintView title={t('paper_card')} close={close} closeText={t('paper_done')}>
      <article class="desk-paper" lang={pass.language}>
        <div class="desk-paper-card">
          <PrintedCode text={printed.code} label={said('paper_picture')} mode="alphanumeric" module={MODULE} />
          <div>
            <p class="desk-sheet-brand">{said('sheet_brand')}</p>
            <p class="desk-paper-number">{formatDigits(printed.number)}</p>
            <p>{said('paper_valid', { day: dayIn(pass.language, pass.last) })}</p>
            {!pass.community && <p class="desk-paper-name">{said('paper_name')}</p>}
          </div>
        </div>
        <ol class="desk-paper-how">
          {(['paper_how_1', 'paper_how_2', 'paper_how_3', 'paper_how_4'] as const).map((key) => (
            <li key={key}>{said(key)}</li>
          ))}
        </ol>
      </article>
    </PrintView>
  );
}
