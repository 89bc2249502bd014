import { useState } from 'preact/hooks';
import { submitting } from '../shared/signin/submit.ts';
import { Button, Check, Field, Select } from '../shared/ui/ui.tsx';
import { DIGITS } from './fields.tsx';
import { howMany, NO_FILTER, type Quick, type Typed, type Wrong, wrongIn } from './filter.ts';
import { t } from './words.ts';

/** Filters take effect together, when they are all there. */
export function Filters({ typed, quick, onChange }: { typed: Typed; quick: Quick; onChange: (typed: Typed) => void }) {
  const [now, set] = useState(typed);
  const [wrong, setWrong] = useState<Wrong>({});
  const change = (some: Partial<Typed>) => set((f) => ({ ...f, ...some }));
  const n = howMany(typed);

  function submit(): void {
    const found = wrongIn(now);
    setWrong(found);
    if (Object.keys(found).length === 0) onChange(now);
  }
  return (
    <details class="desk-fold" open={n > 0}>
      <summary>{n > 0 ? t('filters_on', { n }) : t('filters')}</summary>
      <form class="desk-filters" noValidate onSubmit={submitting(submit)}>
        <Field
          label={t('filter_month')}
          hint={t('filter_month_hint')}
          type="month"
          value={now.month}
          onInput={(month) => change({ month: month.trim() })}
          error={wrong.month ? t('wrong_month') : undefined}
        />
        <Field
          label={t('birth_year')}
          inputMode="numeric"
          maxLength={4}
          value={now.birthYear}
          onInput={(v) => change({ birthYear: v.replace(DIGITS, '') })}
          error={wrong.birthYear ? t('wrong_year') : undefined}
        />
        <Field
          label={t('postcode')}
          inputMode="numeric"
          maxLength={5}
          value={now.postalCode}
          onInput={(v) => change({ postalCode: v.replace(DIGITS, '') })}
          error={wrong.postalCode ? t('wrong_postcode') : undefined}
        />
        <Field
          label={t('filter_children')}
          inputMode="numeric"
          maxLength={2}
          value={now.children}
          onInput={(v) => change({ children: v.replace(DIGITS, '') })}
          error={wrong.children ? t('wrong_children') : undefined}
        />
        {quick !== 'unused' && (
          <Select
            label={t('filter_state')}
            value={now.state}
            options={[
              { value: '', text: t('any') },
              { value: 'issued', text: t('standing_unused') },
              { value: 'active', text: t('standing_in_use') },
              { value: 'suspended', text: t('standing_paused') },
              { value: 'revoked', text: t('standing_ended') },
            ]}
            onChange={(state) => change({ state })}
          />
        )}
        <Check checked={now.mine} onChange={(mine) => change({ mine })}>
          {t('filter_mine')}
        </Check>
        <div class="row">
          <Button kind="primary" type="submit">
            {t('filter_do')}
          </Button>
          <Button
            onClick={() => {
              set(NO_FILTER);
              setWrong({});
              onChange(NO_FILTER);
            }}
          >
            {t('filter_clear')}
          </Button>
        </div>
      </form>
    </details>
  );
}
