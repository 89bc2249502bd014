// The pass: the code first, then what it is worth, then what can be done with it.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock } from '../../shared/clock.ts';
import { lazy } from '../../shared/lazy.tsx';
import { Button, LanguagePicker, Link, Message, mayTakeFocus, NewVersion } from '../../shared/ui/ui.tsx';
import { dayOf } from '../../shared/words.ts';
import type { Held } from '../carried.ts';
import { show } from '../carried.ts';
import { online, onReach } from '../contact.ts';
import type { Active } from '../kept.ts';
import { type Standing, standing } from '../standing.ts';
import { t } from '../words.ts';
import { useAwake } from './awake.ts';
import { PassCode } from './code.tsx';
import { Hints, Notes, people, worksLine } from './notes.tsx';

type Closes = { c: Active; onClose: () => void };

const Spoken = lazy<Closes>(() => import('../behind.ts').then((file) => file.Spoken));
const Renew = lazy<Closes>(() => import('../behind.ts').then((file) => file.Renew));
const Name = lazy<Closes>(() => import('../behind.ts').then((file) => file.Name));

type Open = 'spoken' | 'renew' | 'name' | undefined;

/** Draws again when the network comes or goes, and once a minute: days end while a phone lies open. */
function useMoment(): { at: number; offline: boolean } {
  const [, draw] = useState(0);
  useEffect(() => {
    const again = () => draw((n) => n + 1);
    const timer = setInterval(again, 60_000);
    const stop = onReach(again);
    document.addEventListener('visibilitychange', again); // perhaps the clock was set meanwhile
    return () => {
      document.removeEventListener('visibilitychange', again);
      clearInterval(timer);
      stop();
    };
  }, []);
  return { at: clock.now(), offline: !online() };
}

/** The same face everywhere, so that doors know it: the code, and a warm band below it with the brand. */
const Band = () => (
  <div class="holder-band">
    <span class="brand">{t('brand')}</span>
    <LanguagePicker />
  </div>
);

/** The heading stands after the code. It gets the focus when one comes back from another screen; at the start, the code comes first. */
let begun = false;
function Heading({ children }: { children: ComponentChildren }) {
  const at = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (begun && mayTakeFocus()) at.current?.focus({ preventScroll: true });
    begun = true;
  }, []);
  return (
    <h1 ref={at} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** One tap changes the pass on screen. */
function Switch({ passes, shown }: { passes: readonly Active[]; shown: Active }) {
  if (passes.length < 2) return null;
  return (
    <fieldset class="holder-switch">
      <legend class="visually-hidden">{t('which_card')}</legend>
      {passes.map((c, i) => (
        <Button key={c.id} aria-pressed={c.id === shown.id} onClick={() => void show(c.id)}>
          {c.greeting ?? t('card_number', { n: i + 1 })}
        </Button>
      ))}
    </fieldset>
  );
}

/** How long a name stays on screen, in milliseconds. */
const NAMED = 30_000;

/** A pass's name: hidden until it is asked for, and again after half a minute or when the page or the pass is left. */
function useNameShown(id: string): [boolean, (on: boolean) => void] {
  const [of, set] = useState<string>();
  useEffect(() => {
    if (of === undefined) return;
    const hide = () => set(undefined);
    if (of !== id) return hide();
    const timer = setTimeout(hide, NAMED);
    document.addEventListener('visibilitychange', hide);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', hide);
    };
  }, [of, id]);
  return [of === id, (on) => set(on ? id : undefined)];
}

function NameButton({ c, named, onShow, onAdd }: { c: Active; named: boolean; onShow: (on: boolean) => void; onAdd: () => void }) {
  if (!c.name) {
    return (
      <Button icon="name" onClick={onAdd}>
        {t('name_add')}
      </Button>
    );
  }
  return (
    <Button icon="name" aria-expanded={named} onClick={() => onShow(!named)}>
      {t(named ? 'name_hide' : 'name_show')}
    </Button>
  );
}

type Usable = Extract<Standing, { is: 'usable' }>;

function Face({ held, c, s, offline }: { held: Held; c: Active; s: Usable; offline: boolean }) {
  const [open, setOpen] = useState<Open>();
  const [named, setNamed] = useNameShown(c.id);
  const close = () => setOpen(undefined);
  useAwake();
  return (
    <>
      <PassCode c={c}>
        <Band />
        <Switch passes={held.passes} shown={c} />
        <div class="holder-facts">
          <Heading>{t('show_at_door')}</Heading>
          {c.greeting && held.passes.length < 2 && <p>{c.greeting}</p>}
          <p class="holder-people">{people(c)}</p>
          {!s.grace && <p>{t('valid_until', { d: dayOf(s.last) })}</p>}
          {!offline && !s.aged && !s.syncBy && <p class="muted">{worksLine(s)}</p>}
          <p class="holder-name" role="status">
            {named ? c.name : ''}
          </p>
        </div>
        <Notes s={s} offline={offline} ready={held.ready === c.id} />
      </PassCode>
      <div class="holder-buttons">
        <NameButton c={c} named={named} onShow={setNamed} onAdd={() => setOpen('name')} />
        <Button icon="sound" onClick={() => setOpen('spoken')}>
          {t('say_code')}
        </Button>
        {s.canAsk && (
          <Button icon="bookings" onClick={() => setOpen('renew')}>
            {t('ask_renew')}
          </Button>
        )}
      </div>
      <Hints c={c} />
      {open === 'spoken' && <Spoken c={c} onClose={close} />}
      {open === 'renew' && <Renew c={c} onClose={close} />}
      {open === 'name' && <Name c={c} onClose={close} />}
    </>
  );
}

/** What a pass that is not to be shown says instead of a code. */
function Stopped({ held, c, children, actions }: { held: Held; c: Active; children: ComponentChildren; actions?: ComponentChildren }) {
  return (
    <>
      <Band />
      <Switch passes={held.passes} shown={c} />
      <Heading>{t('card')}</Heading>
      <div class="holder-notes" role="status">
        {children}
      </div>
      {actions}
    </>
  );
}

function Expired({ held, c, last }: { held: Held; c: Active; last: string }) {
  const [open, setOpen] = useState(false);
  const ask = (
    <>
      <Button kind="primary" onClick={() => setOpen(true)}>
        {t('ask_renew')}
      </Button>
      {open && <Renew c={c} onClose={() => setOpen(false)} />}
    </>
  );
  return (
    <Stopped held={held} c={c} actions={ask}>
      <Message kind="stop">
        <p>{t('ended', { d: dayOf(last) })}</p>
      </Message>
    </Stopped>
  );
}

const link = (to: string, words: string) => (
  <Link to={to} class="button primary">
    {words}
  </Link>
);

function Shown({ held, c }: { held: Held; c: Active }) {
  const { at, offline } = useMoment();
  const s = standing(c, at);
  switch (s.is) {
    case 'usable':
      return <Face held={held} c={c} s={s} offline={offline} />;
    case 'expired':
      return <Expired held={held} c={c} last={s.last} />;
    case 'elsewhere':
      return (
        <Stopped held={held} c={c} actions={link('/activate', t('activate_again'))}>
          <Message kind="stop">
            <p>{t('other_phone')}</p>
            <p>{t('other_phone_next')}</p>
          </Message>
        </Stopped>
      );
    case 'paused':
      return (
        <Stopped held={held} c={c}>
          <Message kind="stop">
            <p>{t('paused')}</p>
          </Message>
        </Stopped>
      );
    case 'ended':
      return (
        <Stopped held={held} c={c}>
          <Message kind="stop">
            <p>{t('revoked')}</p>
          </Message>
        </Stopped>
      );
    case 'unready':
      return (
        <Stopped held={held} c={c}>
          <Message kind={offline ? 'warn' : 'info'}>
            <p>{t(offline ? 'unready_offline' : 'unready')}</p>
          </Message>
        </Stopped>
      );
  }
}

export function Pass({ held, c }: { held: Held; c: Active }) {
  useEffect(() => {
    document.title = `${t('card')} · ${t('brand')}`;
  });
  return (
    <main class="screen holder-pass">
      <Shown held={held} c={c} />
      <NewVersion />
    </main>
  );
}
