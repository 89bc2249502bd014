// Where the desk's screens are. A card stands in an address by its random id alone.

export const CARDS = '/desk';
export const NEW = '/desk/new';
export const LOG = '/desk/log';
export const ACCOUNT = '/desk/account';

const seg = encodeURIComponent;
export const cardPath = (id: string): string => `/desk/pass/${seg(id)}`;
export const givePath = (id: string): string => `${cardPath(id)}/give`;
export const bindPath = (id: string): string => `${cardPath(id)}/bind`;
export const paperPath = (id: string): string => `${cardPath(id)}/paper`;

export type Place = { at: 'cards' | 'new' | 'log' | 'account' | 'nowhere' } | { at: 'card' | 'give' | 'bind' | 'paper'; id: string };

export function placeOf(path: string): Place {
  switch (path) {
    case CARDS:
    case `${CARDS}/`:
      return { at: 'cards' };
    case NEW:
      return { at: 'new' };
    case LOG:
      return { at: 'log' };
    case ACCOUNT:
      return { at: 'account' };
    default:
      return placeOfCard(path);
  }
}

function placeOfCard(path: string): Place {
  const [, id, screen] = /^\/desk\/pass\/([^/]+)(?:\/(give|bind|paper))?$/.exec(path) ?? [];
  if (!id) return { at: 'nowhere' };
  return { at: screen === 'give' || screen === 'bind' || screen === 'paper' ? screen : 'card', id: decodeURIComponent(id) };
}
