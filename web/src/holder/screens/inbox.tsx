// The inbox: the own matters, in words. What a push nudges about is here, and it is readable without a network.

import { useEffect, useRef, useState } from 'preact/hooks';
import { isOffline } from '../../shared/api.ts';
import type { Notice, NoticeKind, Problem } from '../../shared/types.ts';
import { Empty, Failure, Link, Screen, Skeleton } from '../../shared/ui/ui.tsx';
import { dayAndTime, dayOf, textOf } from '../../shared/words.ts';
import { markRead, readInbox } from '../contact.ts';
import type { Active } from '../kept.ts';
import { unread } from '../notices.ts';
import { useOnline } from '../online.ts';
import { type Key, t } from '../words.ts';
import { Old } from './old.tsx';

/** Words for each kind: a title and what to know or do. One that a newer server sends has words of its own, too. */
const WORDS: Readonly<Record<NoticeKind, readonly [title: Key, what: Key]>> = {
  activated: ['notice_activated', 'notice_activated_what'],
  replaced: ['notice_replaced', 'notice_replaced_what'],
  recovered: ['notice_recovered', 'notice_recovered_what'],
  renewed: ['notice_renewed', 'notice_renewed_what'],
  ends_30: ['notice_ends', 'notice_ends_30'],
  ends_7: ['notice_ends', 'notice_ends_7'],
  session_cancelled: ['notice_session_cancelled', 'notice_session_cancelled_what'],
};
const OTHER = ['notice_other', 'notice_other_what'] as const;

export default function Inbox({ c }: { c: Active }) {
  const online = useOnline();
  const fresh = useUnread(c);
  const [problem, setProblem] = useState<Problem>();
  const load = () =>
    void readInbox(c).then(
      (p) => setProblem(p && !isOffline(p) ? p : undefined),
      () => setProblem({ status: 0, code: 'not_kept' }),
    );
  useEffect(load, [c.id]);
  const all = c.notices ?? [];
  return (
    <Screen title={t('inbox')}>
      {!online && <Old heard={c.heard} />}
      {problem && <Failure problem={problem} retry={load} />}
      {c.notices === undefined && online && !problem && <Skeleton />}
      {c.notices?.length === 0 && <Empty text={t('inbox_none')} />}
      <ul class="list">
        {all.map((n) => (
          <Item key={n.id} c={c} n={n} fresh={fresh.has(n.id)} />
        ))}
      </ul>
    </Screen>
  );
}

/** Who opens the inbox sees what is new; it counts as read, and goes on being marked as new until the inbox is left. */
function useUnread(c: Active): ReadonlySet<string> {
  const seen = useRef(new Set<string>());
  const now = unread(c.notices);
  for (const n of now) seen.current.add(n.id);
  useEffect(() => {
    if (now.length > 0) void markRead(c, now);
  }, [now.length]);
  return seen.current;
}

function Item({ c, n, fresh }: { c: Active; n: Notice; fresh: boolean }) {
  const [title, what] = WORDS[n.kind] ?? OTHER;
  const { last, day, session } = n.facts ?? {};
  const booked = c.reservations?.find((r) => r.session === session);
  return (
    <li class={`card ${fresh ? 'holder-new' : ''}`}>
      <h2>
        {t(title)} {fresh && <span class="holder-mark">{t('new')}</span>}
      </h2>
      {booked && <p lang={textOf(booked.title).lang}>{textOf(booked.title).text}</p>}
      <p>{t(what, { d: last || day ? dayOf(last ?? day ?? '') : '' })}</p>
      {n.kind === 'replaced' || n.kind === 'recovered' ? <Link to="/my/new-phone">{t('not_me')}</Link> : null}
      <p class="muted">{dayAndTime(n.at)}</p>
    </li>
  );
}
