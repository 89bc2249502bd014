import { useState } from 'preact/hooks';
import { formatDigits } from '../shared/digits.ts';
import type { Language } from '../shared/types.ts';
import { hostToOpen } from './given.ts';
import { useSaid } from './said.ts';
import { spelt } from './spell.ts';
import { type Key, t } from './words.ts';

const STEPS: Readonly<Record<'iphone' | 'android', readonly Key[]>> = {
  iphone: [
    'script_speaker',
    'script_safari',
    'script_address',
    'script_share',
    'script_add',
    'script_icon',
    'script_type',
    'script_digits',
    'script_end',
  ],
  android: ['script_speaker', 'script_chrome', 'script_address', 'script_type', 'script_digits', 'script_end', 'script_install'],
};

/** What to read out on the telephone, in the holder's language, a step at a time. */
export function Script({ code, language }: { code: string; language: Language }) {
  const [phone, setPhone] = useState<'iphone' | 'android'>('iphone');
  const said = useSaid(language);
  const address = hostToOpen();
  return (
    <section class="card">
      <h2>{t('script')}</h2>
      <fieldset class="chips">
        <legend>{t('which_phone')}</legend>
        <div>
          {(['iphone', 'android'] as const).map((kind) => (
            <label key={kind} class="chip">
              <input type="radio" name="desk-phone" checked={kind === phone} onChange={() => setPhone(kind)} />
              <span>{t(`phone_${kind}`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {said && (
        <ol class="desk-script" lang={language}>
          {STEPS[phone].map((key) => (
            <li key={key}>
              {said(key, { address, code: formatDigits(code) })}
              {key === 'script_address' && <span class="desk-spelt">{spelt(address, language)}</span>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
