// The fields that making a card and correcting one share.

import { useEffect } from 'preact/hooks';
import type { Language, Network } from '../shared/types.ts';
import { Button, Check, Field, Select } from '../shared/ui/ui.tsx';
import { say } from '../shared/words/common.ts';
import { OWN_NAMES, textOf } from '../shared/words.ts';
import { type Facts, MOST_CHILDREN, type Wrong } from './facts.ts';
import { type Home, municipalities } from './home.ts';
import { t } from './words.ts';

export const DIGITS = /\D/g;

/** Moves on to the next field as soon as one is full; what stands in it is replaced by typing. */
export function moveTo(id: string): void {
  const field = document.getElementById(id);
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
}

type HomeFacts = Pick<Facts, 'postalCode' | 'noAddress' | 'municipality'>;

/** A postcode with the municipality that it is in; or the municipality alone, where there is no fixed address or the postcode has two. */
export function HomeFields(p: {
  id: string;
  facts: HomeFacts;
  home: Home;
  networks: readonly Network[];
  own: string | undefined;
  wrong: Wrong;
  next?: string;
  onChange: (facts: Partial<HomeFacts>) => void;
}) {
  const { home, facts } = p;
  const choices = home.is === 'several' && !facts.noAddress ? home.municipalities : municipalities(p.networks, p.own);
  const alone = facts.noAddress || home.is === 'several';
  // A choice that is not offered any more is none.
  useEffect(() => {
    if (facts.municipality && !choices.some((m) => m.code === facts.municipality)) p.onChange({ municipality: '' });
  }, [choices.length, alone]);

  function type(typed: string): void {
    const postalCode = typed.replace(DIGITS, '').slice(0, 5);
    const full = postalCode.length === 5 && postalCode.length > facts.postalCode.length;
    p.onChange({ postalCode });
    if (full && p.next) moveTo(p.next);
  }

  return (
    <>
      {!facts.noAddress && (
        <Field
          id={`${p.id}-postcode`}
          class="digits desk-short"
          label={t('postcode')}
          inputMode="numeric"
          maxLength={5}
          value={facts.postalCode}
          onInput={type}
          error={wrongPostcode(p.wrong)}
        >
          <output class="desk-home" for={`${p.id}-postcode`}>
            {home.is === 'known' && textOf(home.municipality.name).text}
            {home.is === 'nowhere' && t('home_nowhere')}
          </output>
        </Field>
      )}
      {alone && (
        <Select
          label={t('municipality')}
          hint={home.is === 'several' && !facts.noAddress ? t('home_several') : ''}
          value={facts.municipality}
          options={[{ value: '', text: t('choose') }, ...choices.map((m) => ({ value: m.code, text: textOf(m.name).text }))]}
          onChange={(municipality) => p.onChange({ municipality })}
          error={p.wrong.municipality ? t('wrong_municipality') : undefined}
        />
      )}
      <Check checked={facts.noAddress} onChange={(noAddress) => p.onChange({ noAddress })}>
        {t('no_address')}
      </Check>
    </>
  );
}

function wrongPostcode(wrong: Wrong): string | undefined {
  if (wrong.postalCode === 'nowhere') return t('wrong_nowhere');
  return wrong.postalCode ? t('wrong_postcode') : undefined;
}

/** A number to type, with buttons for those who do not type. */
export function ChildrenField(p: { id: string; age: number; value: string; wrong: Wrong; onInput: (value: string) => void }) {
  const n = Number(p.value) || 0;
  const label = t('children', { n: p.age });
  return (
    <Field
      id={p.id}
      class="digits desk-children"
      label={label}
      inputMode="numeric"
      maxLength={2}
      value={p.value}
      onInput={(typed) => p.onInput(typed.replace(DIGITS, ''))}
      error={p.wrong.children ? t('wrong_children') : undefined}
    >
      <Button aria-label={say('fewer', { what: label })} disabled={n <= 0} onClick={() => p.onInput(String(n - 1))}>
        −
      </Button>
      <Button aria-label={say('add', { what: label })} disabled={n >= MOST_CHILDREN} onClick={() => p.onInput(String(n + 1))}>
        +
      </Button>
    </Field>
  );
}

export function LanguageField(p: { value: Language; onChange: (language: Language) => void }) {
  return (
    <Select
      label={t('holder_language')}
      value={p.value}
      options={(['fi', 'sv', 'en'] as const).map((value) => ({ value, text: OWN_NAMES[value], lang: value }))}
      onChange={p.onChange}
    />
  );
}
