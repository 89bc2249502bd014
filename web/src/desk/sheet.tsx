// The sheet that a holder takes along: the code, what to tap, and the recovery code. In the holder's language, black on white, on A4 or A5.

import { useEffect, useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { formatDigits } from '../shared/digits.ts';
import type { PassOfWorker, Problem } from '../shared/types.ts';
import { PrintedCode } from '../shared/ui/qr.tsx';
import { Button, Failure, Screen, Skeleton } from '../shared/ui/ui.tsx';
import { say } from '../shared/words/common.ts';
import { asPerson } from '../shared/work.ts';
import { AddToHome, Camera, CardShows, HomeIcon, LinkAppears, TypeDigits } from './drawings.tsx';
import { type Given, hostToOpen, linkOf, remember } from './given.ts';
import { PrintView } from './printing.tsx';
import { useSaid } from './said.ts';
import { dayIn, momentIn, type Said, t } from './words.ts';

interface SheetProps {
  pass: PassOfWorker;
  given: Given;
  close: () => void;
  put: (pass: PassOfWorker) => void;
}

/** A recovery code is made only when a sheet is, and once for a sheet: each new one ends the one before. */
export function Sheet({ pass, given, close, put }: SheetProps) {
  const said = useSaid(pass.language);
  const [recovery, setRecovery] = useState(given.recovery);
  const [problem, setProblem] = useState<Problem>();
  const [replaced] = useState(pass.recovery_code && !given.recovery);

  async function make(): Promise<void> {
    setProblem(undefined);
    const answer = await api.changePass(asPerson, pass.id, 'recovery-code', {});
    if (!answer.ok) return setProblem(answer.problem);
    remember(pass.id, { ...given, recovery: answer.value.recovery_code });
    setRecovery(answer.value.recovery_code);
    put(answer.value.pass);
  }
  useEffect(() => {
    if (!recovery) void make();
  }, []);

  if (!recovery || !said)
    return (
      <Screen title={t('print_sheet')} wide>
        {problem ? <Failure problem={problem} retry={() => void make()} /> : <Skeleton />}
        <Button onClick={close}>{say('close')}</Button>
      </Screen>
    );
  return (
    <PrintView title={t('print_sheet')} close={close} note={t(replaced ? 'sheet_note_replaced' : 'sheet_note')}>
      <Paper pass={pass} given={given} recovery={recovery} said={said} />
    </PrintView>
  );
}

function Paper({ pass, given, recovery, said }: { pass: PassOfWorker; given: Given; recovery: string; said: Said }) {
  const { language } = pass;
  return (
    <article class="desk-sheet" lang={language}>
      <header>
        <span class="desk-sheet-brand">{said('sheet_brand')}</span>
        <h2>{said('sheet_title')}</h2>
      </header>
      <div class="desk-sheet-top">
        <PrintedCode text={linkOf(given.code)} label={said('sheet_picture')} />
        <div>
          <p>{said('sheet_code')}</p>
          <p class="desk-sheet-digits">{formatDigits(given.code)}</p>
          <p>{said('sheet_until', { time: momentIn(language, given.expires) })}</p>
          <p>{said('sheet_address', { address: hostToOpen() })}</p>
        </div>
      </div>
      <ol class="desk-sheet-steps">
        <li>
          <Camera />
          <p>{said('sheet_step_camera')}</p>
        </li>
        <li>
          <LinkAppears />
          <p>{said('sheet_step_link')}</p>
        </li>
        <li>
          <AddToHome />
          <p>{said('sheet_step_add')}</p>
        </li>
        <li>
          <HomeIcon />
          <p>{said('sheet_step_icon')}</p>
        </li>
        <li>
          <TypeDigits />
          <p>{said('sheet_step_type')}</p>
        </li>
        <li>
          <CardShows />
          <p>{said('sheet_step_done')}</p>
        </li>
      </ol>
      <section class="desk-sheet-keep">
        <h3>{said('sheet_keep')}</h3>
        <dl>
          <dt>{said('sheet_number')}</dt>
          <dd>{formatDigits(pass.number)}</dd>
          <dt>{said('sheet_recovery')}</dt>
          <dd>{formatDigits(recovery)}</dd>
          <dt>{said('sheet_valid')}</dt>
          <dd>{dayIn(language, pass.last)}</dd>
        </dl>
        <p>{said('sheet_recovery_text')}</p>
        <p>{said('sheet_help')}</p>
      </section>
    </article>
  );
}
