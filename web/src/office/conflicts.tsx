import * as api from '../shared/api.ts';
import type { Conflict, Text } from '../shared/types.ts';
import { Empty, Screen } from '../shared/ui/ui.tsx';
import { dayAndTime, timeAt } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Act } from './act.tsx';
import { Shown, useLoaded } from './loaded.tsx';
import { Named } from './names.tsx';
import { count, t } from './words.ts';

/** Who was let in without a network and would have been refused with one. No blame, no card, no link to other venues. */
export function Conflicts() {
  const list = useLoaded(() => api.conflicts(asPerson));
  const offers = useLoaded(() => api.offers(asPerson, true));
  const titles = new Map(offers.value?.offers.map((o) => [o.id, o.title]));
  return (
    <Screen title={t('conflicts_title')} back="/office">
      <p>{t('conflicts_text')}</p>
      <Shown of={list}>{({ conflicts }) => <Rows all={conflicts} titles={titles} again={list.again} />}</Shown>
    </Screen>
  );
}

function Rows({ all, titles, again }: { all: readonly Conflict[]; titles: ReadonlyMap<string, Text>; again: () => Promise<void> }) {
  const unseen = all.filter((c) => !c.seen_at);
  const seen = all.filter((c) => c.seen_at);
  return (
    <>
      {unseen.length === 0 && <Empty text={t('conflicts_empty')} />}
      <ul class="list">
        {unseen.map((c) => (
          <Row key={c.id} conflict={c} title={titles.get(c.offer)} again={again} />
        ))}
      </ul>
      {seen.length > 0 && (
        <details class="office-fold">
          <summary>{count('conflicts_seen', seen.length)}</summary>
          <ul class="list">
            {seen.map((c) => (
              <Row key={c.id} conflict={c} title={titles.get(c.offer)} again={again} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Row({ conflict, title, again }: { conflict: Conflict; title: Text | undefined; again: () => Promise<void> }) {
  return (
    <li class="card">
      <div>
        <p class="office-when">{dayAndTime(conflict.at)}</p>
        {title && (
          <h2>
            <Named text={title} />
          </h2>
        )}
      </div>
      <p>{t(`conflict_${conflict.reason}`, { t: timeAt(conflict.at) })}</p>
      <p class="muted">
        {t(`conflict_shown_${conflict.shown}`)}
        {conflict.counted && ` ${t('conflict_counted')}`}
        {conflict.first_at && ` ${t('conflict_first', { time: dayAndTime(conflict.first_at) })}`}
        {conflict.tag && ` ${t('conflict_tag', { tag: conflict.tag })}`}
      </p>
      {!conflict.seen_at && (
        <Act send={() => api.seeConflict(asPerson, conflict.id)} done={() => void again()} about={dayAndTime(conflict.at)}>
          {t('ok')}
        </Act>
      )}
    </li>
  );
}
