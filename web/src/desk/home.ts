// Where a holder lives: the municipality of a postcode, as the server finds it. Pure.

import type { Day, Municipality, Network, Rules } from '../shared/types.ts';

export type Home =
  /** Not yet five digits. */
  | { is: 'typing' }
  | { is: 'known'; municipality: Municipality }
  /** In several municipalities: the worker asks, and the municipality alone is kept. */
  | { is: 'several'; municipalities: Municipality[] }
  /** In no network: no pass can be made for it, unless the postcode is a mistake. */
  | { is: 'nowhere' };

/** Finds the municipality of a postcode: in the own network before the others, and in each by the longest prefix. */
export function homeOf(postalCode: string, networks: readonly Network[], own: string | undefined): Home {
  if (!/^\d{5}$/.test(postalCode)) return { is: 'typing' };
  const mine = longest(
    networks.filter((n) => n.id === own),
    postalCode,
  );
  const found = mine.length > 0 ? mine : longest(networks, postalCode);
  const [first, second] = found;
  if (!first) return { is: 'nowhere' };
  return second ? { is: 'several', municipalities: found } : { is: 'known', municipality: first };
}

/** The municipalities whose prefix fits best; several when they share it. */
function longest(networks: readonly Network[], postalCode: string): Municipality[] {
  let length = 0;
  const found = new Map<string, Municipality>();
  for (const m of networks.flatMap((n) => n.municipalities)) {
    for (const prefix of m.postal_prefixes ?? []) {
      if (prefix.length < length || prefix.length === 0 || !postalCode.startsWith(prefix)) continue;
      if (prefix.length > length) found.clear();
      length = prefix.length;
      found.set(m.code, m);
    }
  }
  return [...found.values()];
}

/** Every municipality there is, the own network's first. */
export function municipalities(networks: readonly Network[], own: string | undefined): Municipality[] {
  const mine = networks.filter((n) => n.id === own);
  const all = [...mine, ...networks.filter((n) => n.id !== own)].flatMap((n) => n.municipalities);
  return [...new Map(all.map((m) => [m.code, m])).values()];
}

/** The rules of a network on a day. */
export function rulesOn(network: Network, day: Day): Rules {
  return network.coming.reduce((rules, next) => (next.from <= day ? next.rules : rules), network.rules);
}
