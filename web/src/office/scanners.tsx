import * as api from '../shared/api.ts';
import type { Scanner } from '../shared/types.ts';
import { Icon, type IconName } from '../shared/ui/icons.tsx';
import { Empty, Link, Screen } from '../shared/ui/ui.tsx';
import { dayAt, dayOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Confirm, Said, useSaid } from './confirm.tsx';
import { Shown, useLoaded } from './loaded.tsx';
import { count, t } from './words.ts';

/** The phones and readers that scan at the venue. */
export function Scanners() {
  const list = useLoaded(() => api.scanners(asPerson), [], 20_000);
  const [said, say] = useSaid();
  const removed = () => {
    say(t('scanner_removed'));
    void list.again();
  };
  return (
    <Screen title={t('tab_scanners')}>
      <div class="row">
        <Link to="/office/scanners/new" class="button primary">
          {t('new_scanner')}
        </Link>
      </div>
      <Said done={said} />
      <Shown of={list}>{({ scanners }) => <List all={scanners} removed={removed} />}</Shown>
    </Screen>
  );
}

function List({ all, removed }: { all: readonly Scanner[]; removed: () => void }) {
  const live = all.filter((s) => s.state === 'working' || s.state === 'waiting');
  const ended = all.filter((s) => !live.includes(s));
  return (
    <>
      {live.length === 0 && <Empty text={t('no_scanners')} />}
      <ul class="list">
        {live.map((s) => (
          <Row key={s.id} scanner={s} removed={removed} />
        ))}
      </ul>
      {ended.length > 0 && (
        <details class="office-fold">
          <summary>{count('ended_scanners', ended.length)}</summary>
          <ul class="list">
            {ended.map((s) => (
              <Row key={s.id} scanner={s} removed={removed} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const STATES: Readonly<Record<Scanner['state'], { icon: IconName; kind: 'ok' | 'calm' | 'stop' }>> = {
  working: { icon: 'ok', kind: 'ok' },
  waiting: { icon: 'today', kind: 'calm' },
  lapsed: { icon: 'info', kind: 'calm' },
  over: { icon: 'info', kind: 'calm' },
  removed: { icon: 'stop', kind: 'calm' },
};

function Row({ scanner, removed }: { scanner: Scanner; removed: () => void }) {
  const { icon, kind } = STATES[scanner.state];
  const live = scanner.state === 'working' || scanner.state === 'waiting';
  return (
    <li class="card">
      <div>
        <h2>{scanner.label}</h2>
        <p class={`office-state ${kind}`}>
          <Icon name={icon} /> {t(`scanner_${scanner.state}`)}
        </p>
      </div>
      <p class="muted">
        {scanner.enrolled_at && `${t('enrolled_on', { day: dayAt(scanner.enrolled_at) })} · `}
        {scanner.removed_at ? t('removed_on', { day: dayAt(scanner.removed_at) }) : t('works_until', { day: dayOf(scanner.end_day) })}
      </p>
      {scanner.state === 'waiting' && <p class="hint">{t('scanner_waiting_hint')}</p>}
      {live && (
        <div class="row">
          <Confirm
            kind="stop"
            label={t('remove_scanner')}
            about={scanner.label}
            title={t('remove_scanner_title', { label: scanner.label })}
            act={t('remove_scanner')}
            send={() => api.removeScanner(asPerson, scanner.id)}
            done={removed}
          >
            <p>{t('remove_scanner_text')}</p>
          </Confirm>
        </div>
      )}
    </li>
  );
}
