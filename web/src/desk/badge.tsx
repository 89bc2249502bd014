import { clock } from '../shared/clock.ts';
import type { Network, PassOfWorker } from '../shared/types.ts';
import { Icon, type IconName } from '../shared/ui/icons.tsx';
import { helsinkiDay, textOf } from '../shared/words.ts';
import { type Standing, standingOf } from './standing.ts';
import { count, t } from './words.ts';

const LOOKS: Readonly<Record<Standing, readonly [IconName, 'ok' | 'warn' | 'stop' | 'info']>> = {
  unused: ['info', 'info'],
  waiting: ['today', 'warn'],
  in_use: ['ok', 'ok'],
  grace: ['warn', 'warn'],
  ended_by_day: ['stop', 'stop'],
  paused: ['warn', 'warn'],
  ended: ['stop', 'stop'],
};

/** How a card stands: a shape and a word. */
export function Badge({ standing }: { standing: Standing }) {
  const [icon, look] = LOOKS[standing];
  return (
    <span class={`desk-badge ${look}`}>
      <Icon name={icon} /> {t(`standing_${standing}`)}
    </span>
  );
}

export const standing = (pass: PassOfWorker, networks: readonly Network[]): Standing =>
  standingOf(
    pass,
    clock.now(),
    helsinkiDay(clock.now()),
    networks.find((n) => n.id === pass.network),
  );

/** The name of a municipality, or its code while names are not known. */
export function municipalityName(code: string, networks: readonly Network[]): string {
  const found = networks.flatMap((n) => n.municipalities).find((m) => m.code === code);
  return found ? textOf(found.name).text : code;
}

/** Where the holder lives, as the card has it. */
export const homeText = (pass: PassOfWorker, networks: readonly Network[]): string =>
  [pass.postal_code, municipalityName(pass.municipality, networks)].filter(Boolean).join(' ');

/** Who may come: a person with children, or a unit with a group. */
export function partyText(pass: PassOfWorker): string {
  if (pass.community) return t('community_short');
  return pass.children === 0 ? t('adult_alone') : count('children_count', pass.children);
}
