// An offer as it is typed, and what the server is told of it. Pure.

import type { Day, NewOffer, Offer, OfferKind, Per, Sector, Text } from '../shared/types.ts';
import { isEmptyText, writtenText } from './text.ts';

export interface TypedOffer {
  kind: OfferKind;
  title: Text;
  description: Text;
  access: Text;
  place: string;
  genre: string;
  /** Empty: the venue's own. */
  sector: Sector | '';
  municipality: string;
  everywhere: boolean;
  networks: string[];
  /** As many as the pass covers is 0. */
  most: string;
  childrenCounted: boolean;
  reservable: boolean;
  walkIns: boolean;
  cancelMinutes: string;
  times: string;
  per: Per;
  first: Day;
  last: Day;
}

export const NEW_OFFER: TypedOffer = {
  kind: 'event',
  title: {},
  description: {},
  access: {},
  place: '',
  genre: '',
  sector: '',
  municipality: '',
  everywhere: true,
  networks: [],
  most: '0',
  childrenCounted: false,
  reservable: true,
  walkIns: true,
  cancelMinutes: '120',
  times: '1',
  per: 'day',
  first: '',
  last: '',
};

/** The words of an offer, which can be changed later. */
export type TypedWords = Pick<TypedOffer, 'title' | 'description' | 'access' | 'place' | 'genre'>;

export const typedWords = (o: Offer): TypedWords => ({
  title: o.title,
  description: o.description ?? {},
  access: o.access ?? {},
  place: o.place ?? '',
  genre: o.genre ?? '',
});

export const MOST_SEATS = 20;
const MOST_TIMES = 366;

/** The fields that are wrong before anybody is asked. */
export type WrongOffer = 'title' | 'networks' | 'walk_ins' | 'limit.times' | 'first' | 'last';

export function wrongOffer(o: TypedOffer): WrongOffer[] {
  const wrong: WrongOffer[] = [];
  if (isEmptyText(o.title)) wrong.push('title');
  if (!o.everywhere && o.networks.length === 0) wrong.push('networks');
  if (o.kind !== 'standing') return !o.reservable && !o.walkIns ? [...wrong, 'walk_ins'] : wrong;
  if (!/^\d{1,3}$/.test(o.times) || Number(o.times) < 1 || Number(o.times) > MOST_TIMES) wrong.push('limit.times');
  if (o.per === 'season' && !o.first) wrong.push('first');
  if (o.per === 'season' && !o.last) wrong.push('last');
  else if (o.first && o.last && o.last < o.first) wrong.push('last');
  return wrong;
}

/** What the server is told of the words. */
export function wordsAsked(o: TypedWords): Pick<NewOffer, 'title' | 'description' | 'access' | 'place' | 'genre'> {
  return {
    title: writtenText(o.title),
    ...(isEmptyText(o.description) ? {} : { description: writtenText(o.description) }),
    ...(isEmptyText(o.access) ? {} : { access: writtenText(o.access) }),
    ...(o.place.trim() ? { place: o.place.trim() } : {}),
    ...(o.genre.trim() ? { genre: o.genre.trim() } : {}),
  };
}

/** What the server is told of a new offer. Each kind has settings that mean nothing for the others. */
export function offerAsked(o: TypedOffer): NewOffer {
  return {
    kind: o.kind,
    ...wordsAsked(o),
    ...(o.sector ? { sector: o.sector } : {}),
    ...(o.municipality ? { municipality: o.municipality } : {}),
    ...(o.everywhere ? {} : { networks: [...o.networks].sort() }),
    ...(o.kind === 'course' ? {} : { seats_per_pass: Number(o.most), children_counted: o.childrenCounted }),
    ...(o.kind === 'standing' ? standingAsked(o) : datedAsked(o)),
  };
}

const standingAsked = (o: TypedOffer): Partial<NewOffer> => ({
  limit: { times: Number(o.times), per: o.per },
  ...(o.first ? { first: o.first } : {}),
  ...(o.last ? { last: o.last } : {}),
});

const datedAsked = (o: TypedOffer): Partial<NewOffer> => ({
  reservable: o.reservable,
  walk_ins: o.walkIns,
  ...(o.reservable ? { cancel_minutes: Number(o.cancelMinutes) } : {}),
});
