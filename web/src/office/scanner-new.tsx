import { useEffect, useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { formatCode } from '../shared/digits.ts';
import type { Scanner } from '../shared/types.ts';
import { StillCode } from '../shared/ui/qr.tsx';
import { Link, Message, Screen } from '../shared/ui/ui.tsx';
import { helsinkiDay } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { FormField } from './fields.tsx';
import { FormBox, useForm } from './form.tsx';
import { addMonths } from './helsinki.ts';
import { useRepeated } from './loaded.tsx';
import { durationWords } from './names.tsx';
import { t } from './words.ts';

/** Adds a scanner: a label and an end day, and then the code that the phone reads. */
export function NewScanner() {
  const [made, setMade] = useState<Scanner>();
  return (
    <Screen title={t(made ? 'enrol_title' : 'new_scanner')} back="/office/scanners">
      {made ? <Enrol scanner={made} /> : <ScannerForm done={setMade} />}
    </Screen>
  );
}

function ScannerForm({ done }: { done: (scanner: Scanner) => void }) {
  const form = useForm();
  const today = helsinkiDay(clock.now());
  const [label, setLabel] = useState('');
  const [end, setEnd] = useState(addMonths(today, 12));

  function submit(): void {
    const body = { label: label.trim(), end_day: end };
    void form.send(
      {
        ...(body.label ? {} : { label: () => t('wrong_label') }),
        ...(end >= today && end <= addMonths(today, 24) ? {} : { end_day: () => t('wrong_end_day') }),
      },
      body,
      (key) => api.addScanner(asPerson, body, key),
      done,
    );
  }

  return (
    <FormBox form={form} onSubmit={submit} submit={t('add_scanner')}>
      <FormField form={form} field="label" label={t('label')} hint={t('label_hint')} maxLength={60} value={label} onInput={setLabel} />
      <FormField
        form={form}
        field="end_day"
        type="date"
        label={t('end_day')}
        hint={t('end_day_hint')}
        min={today}
        max={addMonths(today, 24)}
        value={end}
        onInput={setEnd}
      />
    </FormBox>
  );
}

/** The link that the phone opens; the code stands after the #, so that no server on its way sees it. */
const enrolmentLink = (code: string): string => `${location.origin}/scan#${code}`;

/** Shows the code once, with how long it holds, until the phone has taken it up. */
function Enrol({ scanner }: { scanner: Scanner }) {
  const [enrolled, setEnrolled] = useState(false);
  const left = useMinutesLeft(scanner.code_expires);
  useRepeated(
    async () => {
      const answer = await api.scanners(asPerson);
      if (answer.ok) setEnrolled(answer.value.scanners.some((s) => s.id === scanner.id && s.state === 'working'));
    },
    enrolled ? undefined : 5_000,
  );

  if (enrolled || !scanner.code)
    return (
      <Message kind="ok" live title={t('scanner_working')}>
        <p>{t('enrolled_text', { label: scanner.label })}</p>
        <Link to="/office/scanners" class="button">
          {t('tab_scanners')}
        </Link>
      </Message>
    );
  return (
    <>
      <p>{t('enrol_text')}</p>
      <StillCode text={enrolmentLink(scanner.code)} label={t('enrol_qr')} />
      <section class="card">
        <h2>{t('enrol_by_hand')}</h2>
        <p>{t('enrol_by_hand_text', { address: `${location.host}/scan` })}</p>
        <p class="digits-shown office-code">{formatCode(scanner.code)}</p>
      </section>
      <p role="status" class="office-state calm">
        {t('enrol_waiting')}
      </p>
      <p class="muted">{left > 0 ? t('enrol_left', { time: durationWords(left) }) : t('scanner_lapsed')}</p>
    </>
  );
}

function useMinutesLeft(expires: string | undefined): number {
  const look = () => Math.max(0, Math.floor((Date.parse(expires ?? '') - clock.now()) / 60_000) || 0);
  const [left, setLeft] = useState(look);
  useEffect(() => {
    const timer = setInterval(() => setLeft(look()), 20_000);
    return () => clearInterval(timer);
  }, [expires]);
  return left;
}
