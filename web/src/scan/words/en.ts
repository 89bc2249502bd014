import type { Key } from '../words.ts';

const en: Record<Key, string> = {
  title: 'Kaikukortti',
};

export default en;
