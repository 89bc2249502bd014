// Old data, and how old it is.

import { Message } from '../../shared/ui/ui.tsx';
import { dayAndTime } from '../../shared/words.ts';
import { t } from '../words.ts';

export const Old = ({ heard }: { heard: number | undefined }) => (
  <Message live>
    <p>
      {t('offline')} {heard !== undefined && t('updated', { time: dayAndTime(heard) })}
    </p>
  </Message>
);
