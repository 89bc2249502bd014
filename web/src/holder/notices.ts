// The inbox as this phone keeps it. Pure.

import type { Notice } from '../shared/types.ts';

/** What was told, with what was read here without a network still read. */
export function merged(before: readonly Notice[], told: readonly Notice[]): Notice[] {
  const read = new Map(before.map((n) => [n.id, n.read_at]));
  return told.map((n) => {
    const at = n.read_at ?? read.get(n.id);
    return at ? { ...n, read_at: at } : n;
  });
}

/** Those that were read here and that the server does not know of yet. */
export function unsaid(kept: readonly Notice[], told: readonly Notice[]): Notice[] {
  const read = new Set(kept.filter((n) => n.read_at).map((n) => n.id));
  return told.filter((n) => !n.read_at && read.has(n.id));
}

export const unread = (all: readonly Notice[] | undefined): Notice[] => (all ?? []).filter((n) => !n.read_at);
