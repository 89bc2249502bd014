// Minutes and seconds that are left. Not read out: it would speak every second.

import { useEffect, useState } from 'preact/hooks';
import { clock } from '../shared/clock.ts';
import { t } from './words.ts';

export function TimeLeft({ until, onEnd }: { until: number; onEnd: () => void }) {
  const [left, set] = useState(() => until - clock.now());
  useEffect(() => {
    const timer = setInterval(() => set(until - clock.now()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  useEffect(() => {
    if (left <= 0) onEnd();
  }, [left <= 0]);
  return (
    <p role="timer" class="muted">
      {t('time_left', { t: minutes(left) })}
    </p>
  );
}

function minutes(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}
