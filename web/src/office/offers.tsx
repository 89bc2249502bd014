import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import type { Offer } from '../shared/types.ts';
import { Check, Empty, Link, Screen } from '../shared/ui/ui.tsx';
import { dayAt } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Shown, useLoaded } from './loaded.tsx';
import { Named } from './names.tsx';
import { t } from './words.ts';

/** What the venue gives. */
export function Offers() {
  const [closed, setClosed] = useState(false);
  const list = useLoaded(() => api.offers(asPerson, closed), [closed]);
  return (
    <Screen title={t('tab_offers')}>
      <div class="row">
        <Link to="/office/offers/new" class="button primary">
          {t('new_offer')}
        </Link>
      </div>
      <Check checked={closed} onChange={setClosed}>
        {t('closed_too')}
      </Check>
      <Shown of={list}>{({ offers }) => <List offers={offers} />}</Shown>
    </Screen>
  );
}

const List = ({ offers }: { offers: readonly Offer[] }) =>
  offers.length === 0 ? (
    <Empty text={t('no_offers')} />
  ) : (
    <ul class="list">
      {offers.map((o) => (
        <li key={o.id}>
          <Link to={`/office/offers/${o.id}`} class="card office-row">
            <strong>
              <Named text={o.title} />
            </strong>
            <span class="muted">
              {[t(`kind_${o.kind}`), t(`sector_${o.sector}`), o.place].filter(Boolean).join(' · ')}
              {o.closed_at && ` · ${t('closed_on', { day: dayAt(o.closed_at) })}`}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
