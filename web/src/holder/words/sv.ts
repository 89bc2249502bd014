import type { Key } from '../words.ts';

const sv: Record<Key, string> = {
  title: 'Kaikukortti',
};

export default sv;
