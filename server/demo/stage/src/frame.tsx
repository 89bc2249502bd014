import { useRef } from 'preact/hooks';
import { originAt, type Part } from './messages.ts';
import type { Standing } from './standing.ts';
import type { Say } from './words.ts';

/** One of the three phones, with its name and its network above it. */
export function Frame(p: {
  t: Say;
  part: Part;
  port: string;
  /** Where it begins. */
  entry: string;
  /** Whether there is something to do in it now. */
  turn: boolean;
  standing: Standing;
  lost: boolean;
  plug: (part: Part, frame: HTMLIFrameElement | null) => void;
  network: (on: boolean, part: 'holder' | 'venue') => void;
}) {
  const { t, part } = p;
  const entry = useRef(`${originAt(p.port)}${p.entry}`); // it goes its own way from there
  return (
    <section class={`stage-phone ${part} ${p.turn ? 'turn' : ''}`} id={`phone-${part}`} aria-label={t(part)}>
      <div class="stage-phone-head">
        <h2>
          {p.turn && (
            <span class="stage-turn">
              <span aria-hidden="true">▶ </span>
              <span class="visually-hidden">{t('here')} </span>
            </span>
          )}
          {t(part)}
        </h2>
        {p.lost && <span class="stage-lost">{t('is_lost')}</span>}
        {part !== 'worker' && <Network t={t} part={part} on={p.standing.online[part]} change={p.network} />}
      </div>
      <iframe
        ref={(frame) => p.plug(part, frame)}
        src={entry.current}
        title={t(part)}
        name={part}
        allow="camera; screen-wake-lock; clipboard-write; autoplay"
      />
    </section>
  );
}

function Network(p: { t: Say; part: 'holder' | 'venue'; on: boolean; change: (on: boolean, part: 'holder' | 'venue') => void }) {
  return (
    <button type="button" class={`stage-network ${p.on ? 'on' : 'off'}`} onClick={() => p.change(!p.on, p.part)}>
      {p.t(p.on ? 'network_on' : 'network_off')}
      <span class="visually-hidden">: {p.t(p.part)}</span>
    </button>
  );
}
