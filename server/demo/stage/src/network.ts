// The network of one frame, with a switch. Whether it is off is kept for this tab, so that it is still off after a reload. Requests to
// the stage itself always pass; a service worker never sees the others, because they end before they leave the page.

const OFF = 'stage-network-off';

export interface Answered {
  method: string;
  path: string;
  body: unknown;
}

let on = sessionStorage.getItem(OFF) === null;

export const isOn = (): boolean => on;

/** Switches the network, as when somebody walks into a cellar: pages are told, as browsers tell them. */
export function switchNetwork(next: boolean): void {
  if (next === on) return;
  on = next;
  if (on) sessionStorage.removeItem(OFF);
  else sessionStorage.setItem(OFF, '1');
  dispatchEvent(new Event(on ? 'online' : 'offline'));
}

/** Stands between the page and its network, and tells every answer of the server that was a yes. */
export function takeNetwork(answered: (a: Answered) => void): void {
  const real = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    if (!on && !pathname.startsWith('/stage/')) throw new TypeError('Failed to fetch');
    const response = await real(request);
    if (response.ok && pathname.startsWith('/v1/')) void tell(request.method, pathname, response.clone(), answered);
    return response;
  };
  Object.defineProperty(Navigator.prototype, 'onLine', { configurable: true, get: isOn });
}

async function tell(method: string, path: string, response: Response, answered: (a: Answered) => void): Promise<void> {
  const kind = response.headers.get('Content-Type') ?? '';
  try {
    answered({ method, path, body: kind.includes('json') ? await response.json() : await response.text() });
  } catch {
    // The page went away, or gave up the request.
  }
}
