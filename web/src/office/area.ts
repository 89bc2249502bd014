// Where in the office somebody is: the own network, one that national looks at, or the pop-ups, which are in none.

export interface Area {
  /** Undefined: the pop-ups. */
  network: string | undefined;
  /** The list of organisations, and what the path of one begins with. */
  list: string;
  organisations: string;
  /** What the paths of people and rules begin with. */
  base: string;
  /** Where the list leads back to, if it is no tab. */
  back?: string;
}

export const ownArea = (network: string): Area => ({ network, list: '/office', organisations: '/office/organisations', base: '/office' });

export const POPUPS: Area = { network: undefined, list: '/office/popups', organisations: '/office/popups', base: '/office' };

export function areaOf(network: string): Area {
  const base = `/office/networks/${encodeURIComponent(network)}`;
  return { network, list: `${base}/organisations`, organisations: `${base}/organisations`, base, back: base };
}
