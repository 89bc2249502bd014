// Which screen a path is. Pure.

export type Params = Readonly<Record<string, string>>;

/** Reads a path by a pattern such as /office/offers/:offer; undefined if it is another path. */
export function match(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/');
  const got = path.replace(/\/+$/, '').split('/');
  if (wanted.length !== got.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const segment = decoded(got[i] ?? '');
    if (part.startsWith(':') && segment) params[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a path that somebody mistyped is no error, just no screen
  }
}

/** The first screen of a list whose pattern fits. */
export function find<T>(screens: readonly (readonly [string, T])[], path: string): { screen: T; params: Params } | undefined {
  for (const [pattern, screen] of screens) {
    const params = match(pattern, path);
    if (params) return { screen, params };
  }
  return undefined;
}
