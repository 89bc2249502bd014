import { StillCode } from '../../../../web/src/shared/ui/qr.tsx';
import { STEPS } from './facts.ts';
import type { About } from './stage.tsx';
import type { Say } from './words.ts';

/** What one is about to see, and one button. */
export function Intro({ t, about, start }: { t: Say; about: About; start: () => void }) {
  return (
    <div class="stage-intro">
      <section class="card">
        <h2>{t('intro_title')}</h2>
        <p>{t('intro')}</p>
        <p>
          {t('intro_real')} {!about.outside && t('intro_stays')}
        </p>
        <p>{t('intro_apart')}</p>
        <button type="button" class="button primary" onClick={start}>
          {t('start')}
        </button>
        <p>
          <a href="/people">{t('people')}</a>
        </p>
      </section>
      <section class="card">
        <h2>{t('steps')}</h2>
        <ol>
          {STEPS.map((step) => (
            <li key={step}>{t(`${step}_name`)}</li>
          ))}
        </ol>
      </section>
      <section class="card">
        <h2>{t('outside_title')}</h2>
        {about.outside ? <Outside t={t} at={about.outside} /> : <p>{t('outside_how')}</p>}
      </section>
    </div>
  );
}

/** Where real phones find the app. */
const Outside = ({ t, at }: { t: Say; at: string }) => (
  <>
    <p>{t('outside_text')}</p>
    <p>
      <a href={at} rel="noreferrer">
        {at}
      </a>
    </p>
    <StillCode text={`${at}/`} label={t('outside_code')} />
  </>
);
