// The names of organisations and networks, for lists that only have their ids.

import * as api from '../shared/api.ts';
import { roleName } from '../shared/signin/roles.tsx';
import type { Network, Organisation, Role } from '../shared/types.ts';
import { textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { type Loaded, useLoaded } from './loaded.tsx';

export interface Places {
  organisations: Organisation[];
  networks: Network[];
}

/** Reads the networks and, for those who may, the organisations of one, or the pop-ups. */
export function usePlaces(network: string | undefined, organisations: boolean): Loaded<Places> {
  return useLoaded(async () => {
    const [all, networks] = await Promise.all([organisations ? api.organisations(asPerson, network) : undefined, api.networks()]);
    if (!networks.ok) return networks;
    if (all && !all.ok) return all;
    return { ok: true as const, value: { organisations: all?.value.organisations ?? [], networks: networks.value.networks } };
  }, [network]);
}

/** Where a role is held; empty where that needs no saying. */
export function placeName(role: Role, places: Places | undefined): string {
  const organisation = places?.organisations.find((o) => o.id === role.organisation);
  if (organisation) return textOf(organisation.name).text;
  if (role.organisation) return '';
  return role.network ? textOf(places?.networks.find((n) => n.id === role.network)?.name).text || role.network : '';
}

/** A role with where it is held. */
export const roleWords = (role: Role, places: Places | undefined): string =>
  [roleName(role.role), placeName(role, places)].filter(Boolean).join(' · ');
