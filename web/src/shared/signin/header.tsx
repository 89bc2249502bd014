import type { ComponentChildren } from 'preact';
import { Icon } from '../ui/icons.tsx';
import { Header, Link } from '../ui/ui.tsx';
import { useWork } from './gate.tsx';
import { tell } from './words.ts';

/** The header for somebody who is signed in: what the page adds, and the way to the own account. */
export function WorkHeader({ account, children }: { account: string; children?: ComponentChildren }) {
  const { person } = useWork();
  return (
    <Header>
      {children}
      <Link to={account} class="account-link">
        <Icon name="name" />
        <span class="account-name">{person.name}</span>
        <span class="visually-hidden">, {tell('in_account')}</span>
      </Link>
    </Header>
  );
}
