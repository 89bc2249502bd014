// Handing a card over. The same code as digits, picture, link, sheet, and words for the telephone; or the other way round, by the digits
// that the holder's own phone shows. The screen tells by itself when the card is in use.

import { useEffect, useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import type { Answer, PassAnswer, PassOfWorker, Problem } from '../shared/types.ts';
import { StillCode } from '../shared/ui/qr.tsx';
import { Button, CopyButton, Failure, Link, Message, Screen, Skeleton } from '../shared/ui/ui.tsx';
import { weekdayAndTime } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Bind } from './bind.tsx';
import { forgetCode, type Given, givenFor, linkOf, remember } from './given.ts';
import { usePass } from './loaded.ts';
import { grouped } from './number.ts';
import { cardPath, paperPath } from './routes.ts';
import { Script } from './script.tsx';
import { Sheet } from './sheet.tsx';
import { hasOpenCode } from './standing.ts';
import { t } from './words.ts';

export function GiveScreen({ id, bind }: { id: string; bind: boolean }) {
  const [phone, setPhone] = useState<string>();
  const { pass, problem, again, put } = usePass(id, (p) => hasOpenCode(p, clock.now()) || !p.phone);
  const [made, setMade] = useState(givenFor(id));
  const [printing, setPrinting] = useState(false);

  // The phone that carries the card when the screen opens is not the one that is waited for.
  useEffect(() => {
    if (pass && phone === undefined) setPhone(pass.phone?.since ?? '');
  }, [pass]);

  function take(next: PassOfWorker, code: Given | undefined): void {
    put(next);
    if (code) remember(id, code);
    else forgetCode(id);
    setMade(code);
  }

  if (!pass)
    return (
      <Screen title={t('give_title')} back={cardPath(id)} wide>
        {problem ? <Failure problem={problem} retry={() => void again()} /> : <Skeleton />}
      </Screen>
    );
  const given = made && stillOpen(pass, made) ? made : undefined;
  const arrived = phone !== undefined && pass.phone !== undefined && pass.phone.since !== phone;
  if (printing && given && !arrived) return <Sheet pass={pass} given={given} close={() => setPrinting(false)} put={put} />;
  return (
    <Screen title={t('give_title')} back={cardPath(id)} wide>
      {problem && <Failure problem={problem} retry={() => void again()} />}
      <State pass={pass} arrived={arrived} given={given} />
      <div class="desk-columns">
        <div class="desk-column">
          {!arrived && <Code pass={pass} given={given} made={take} print={() => setPrinting(true)} />}
          <OwnNumber pass={pass} />
        </div>
        {!arrived && (
          <div class="desk-column">
            {given && <Script code={given.code} language={pass.language} />}
            <Bind pass={pass} done={put} open={bind || !given} />
            <section class="card">
              <h2>{t('no_phone')}</h2>
              <p>{t('no_phone_text')}</p>
              <Link to={paperPath(id)} class="button">
                {t('paper_card')}
              </Link>
            </section>
          </div>
        )}
      </div>
    </Screen>
  );
}

/** Whether the code that this page made is the one that waits: not used, not ended, and not replaced by somebody else's. */
const stillOpen = (pass: PassOfWorker, made: Given): boolean => hasOpenCode(pass, clock.now()) && pass.activation?.expires === made.expires;

/** One line that changes by itself, and is read out when it does. */
function State({ pass, arrived, given }: { pass: PassOfWorker; arrived: boolean; given: Given | undefined }) {
  const waits = hasOpenCode(pass, clock.now());
  return (
    <div role="status">
      {arrived ? (
        <Message kind="ok" title={t('standing_in_use')}>
          <p>{t('given_done')}</p>
          <Link to={cardPath(pass.id)} class="button primary">
            {t('open_card')}
          </Link>
        </Message>
      ) : waits ? (
        <Message kind="info" title={t('standing_waiting')}>
          <p>{t(given ? 'waiting_text' : 'waiting_hidden')}</p>
          {pass.phone && <p>{t('old_phone_works')}</p>}
        </Message>
      ) : (
        <Message kind="info" title={t('no_code')}>
          <p>{t('no_code_text')}</p>
        </Message>
      )}
    </div>
  );
}

type Made = (pass: PassOfWorker, code: Given | undefined) => void;

function Code({ pass, given, made, print }: { pass: PassOfWorker; given: Given | undefined; made: Made; print: () => void }) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  async function make(): Promise<void> {
    setBusy(true);
    const answer = await api.changePass(asPerson, pass.id, pass.phone ? 'new-phone' : 'activation-code', {});
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) made(answer.value.pass, { code: answer.value.code, expires: answer.value.expires });
  }

  async function cancel(): Promise<void> {
    setBusy(true);
    const answer: Answer<PassAnswer> = await api.changePass(asPerson, pass.id, 'cancel-code', {});
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) made(answer.value.pass, undefined);
  }

  return (
    <section class="card desk-code">
      <h2>{t('code')}</h2>
      {problem && <Failure problem={problem} />}
      {given ? (
        <>
          <output class="digits-shown" data-code={given.code}>
            {grouped(given.code)}
          </output>
          <p class="muted">{t('code_until', { time: weekdayAndTime(given.expires) })}</p>
          <StillCode text={linkOf(given.code)} label={t('code_picture')} />
          <p>{t('code_picture_text')}</p>
          <Button kind="primary" icon="print" onClick={print}>
            {t('print_sheet')}
          </Button>
          <CopyButton text={linkOf(given.code)}>{t('copy_link')}</CopyButton>
          <Button kind="stop" busy={busy} onClick={() => void cancel()}>
            {t('cancel_code')}
          </Button>
        </>
      ) : (
        <>
          <p>{t('new_code_text')}</p>
          <Button kind="primary" busy={busy} onClick={() => void make()}>
            {t('new_code')}
          </Button>
          {hasOpenCode(pass, clock.now()) && (
            <Button kind="stop" busy={busy} onClick={() => void cancel()}>
              {t('cancel_code')}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

/** The number stands in the worker's own records, where the name is. */
const OwnNumber = ({ pass }: { pass: PassOfWorker }) => (
  <section class="card">
    <h2>{t('pass_number')}</h2>
    <output class="digits-shown" data-number={pass.number}>
      {grouped(pass.number)}
    </output>
    <CopyButton text={grouped(pass.number)}>{t('copy_number')}</CopyButton>
  </section>
);
