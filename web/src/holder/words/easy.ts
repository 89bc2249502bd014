import type { Key } from '../words.ts';

const easy: Record<Key, string> = {
  title: 'Kaikukortti',
};

export default easy;
