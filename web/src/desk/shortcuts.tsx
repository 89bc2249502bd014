// Two keys for those who work at a keyboard all day. They do nothing while somebody types, and can be switched off (WCAG 2.1.4): people
// who speak to their computer would press them with words.

import { useEffect, useState } from 'preact/hooks';
import { keep, kept } from '../shared/db.ts';
import { go } from '../shared/route.ts';
import { Check } from '../shared/ui/ui.tsx';
import { CARDS, NEW } from './routes.ts';
import { t } from './words.ts';

const NAME = 'desk_shortcuts_off';
/** The field in which a card is found by its number. */
export const FIND = 'desk-find';

export interface Shortcuts {
  on: boolean;
  /** Whether to speak of them: a phone has no keys. */
  shown: boolean;
  turn: (on: boolean) => void;
}

export function useShortcuts(): Shortcuts {
  const [on, setOn] = useState(true);
  useEffect(() => void kept<boolean>(NAME).then((off) => off && setOn(false)), []);
  useEffect(() => {
    if (!on) return;
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [on]);
  return {
    on,
    shown: on && matchMedia('(hover: hover) and (pointer: fine)').matches,
    turn: (next) => {
      setOn(next);
      void keep(NAME, !next).catch(() => undefined);
    },
  };
}

function press(e: KeyboardEvent): void {
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || isTyping(e.target) || document.querySelector('dialog[open]')) return;
  if (!document.querySelector('.inside:not([hidden])')) return; // signed out meanwhile
  const key = e.key.toLowerCase();
  if (key !== 'n' && key !== '/') return;
  e.preventDefault();
  if (key === 'n') go(NEW);
  else find();
}

const isTyping = (at: EventTarget | null): boolean =>
  at instanceof Element && at.closest('input, select, textarea, [contenteditable]') !== null;

function find(): void {
  if (location.pathname !== CARDS) go(CARDS);
  // The list may be about to be drawn.
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(FIND)?.focus()));
}

export const ShortcutSwitch = ({ shortcuts }: { shortcuts: Shortcuts }) => (
  <section class="card">
    <h2>{t('shortcuts')}</h2>
    <Check checked={shortcuts.on} onChange={shortcuts.turn}>
      {t('shortcuts_text')}
    </Check>
  </section>
);
