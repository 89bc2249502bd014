// Putting the app on the home screen, where the browser offers it, and what the icon will open.

interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallEvent | undefined;
const listeners = new Set<() => void>();

const tell = () => {
  for (const listener of listeners) listener();
};

addEventListener('beforeinstallprompt', (e) => {
  e.preventDefault(); // asked when the holder wants to, not over the pass
  offered = e as InstallEvent;
  tell();
});
addEventListener('appinstalled', () => {
  offered = undefined;
  tell();
});

export const canInstall = (): boolean => offered !== undefined;

export function onInstallable(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export async function install(): Promise<void> {
  const event = offered;
  offered = undefined;
  await event?.prompt();
  tell();
}

/** Has an icon that is made now open with a link's code; without one, with the pass. */
export function iconOpens(code: string | undefined): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
  const href = code ? `/holder.webmanifest?code=${code}` : '/holder.webmanifest';
  if (link && link.getAttribute('href') !== href) link.setAttribute('href', href);
}
