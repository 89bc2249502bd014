import { useState } from 'preact/hooks';
import type { Language, Text } from '../shared/types.ts';
import { OWN_NAMES } from '../shared/words.ts';
import { FormField, LongField, Part, textLanguages } from './fields.tsx';
import type { Form } from './form.tsx';
import type { TypedWords } from './offer.ts';
import { t } from './words.ts';

/** The words that people read of an offer: in one language at least, the others folded until they are wanted. */
export function OfferWords(p: { form: Form; typed: TypedWords; onChange: (words: Partial<TypedWords>) => void }) {
  return (
    <Part title={t('offer_words')}>
      <p class="hint">{t('one_language_is_enough')}</p>
      {textLanguages().map((l, i) => (
        <InLanguage key={l} {...p} lang={l} first={i === 0} />
      ))}
      <FormField
        form={p.form}
        field="place"
        label={t('place')}
        hint={t('place_hint')}
        maxLength={160}
        value={p.typed.place}
        onInput={(place) => p.onChange({ place })}
      />
      <FormField
        form={p.form}
        field="genre"
        label={t('genre')}
        hint={t('genre_hint')}
        maxLength={40}
        value={p.typed.genre}
        onInput={(genre) => p.onChange({ genre })}
      />
    </Part>
  );
}

function InLanguage(p: { form: Form; typed: TypedWords; onChange: (words: Partial<TypedWords>) => void; lang: Language; first: boolean }) {
  const { lang } = p;
  // Open from the start where something is written; later typing must not fold or unfold anything.
  const [open] = useState(p.first || !!(p.typed.title[lang] || p.typed.description[lang] || p.typed.access[lang]));
  const set = (what: 'title' | 'description' | 'access', words: string) =>
    p.onChange({ [what]: { ...p.typed[what], [lang]: words } as Text });
  return (
    <details class="card office-language" open={open}>
      <summary lang={lang}>{OWN_NAMES[lang]}</summary>
      <FormField
        form={p.form}
        field={`title.${lang}`}
        label={t('offer_title')}
        maxLength={120}
        value={p.typed.title[lang] ?? ''}
        onInput={(words) => set('title', words)}
      />
      <LongField
        form={p.form}
        field={`description.${lang}`}
        label={t('offer_description')}
        maxLength={2000}
        lang={lang}
        value={p.typed.description[lang] ?? ''}
        onInput={(words) => set('description', words)}
      />
      <LongField
        form={p.form}
        field={`access.${lang}`}
        label={t('offer_access')}
        hint={t('offer_access_hint')}
        rows={2}
        maxLength={600}
        lang={lang}
        value={p.typed.access[lang] ?? ''}
        onInput={(words) => set('access', words)}
      />
    </details>
  );
}
