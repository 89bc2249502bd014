import { roleName } from '../shared/signin/roles.tsx';
import { divisible } from '../shared/soft.ts';
import type { Invitation } from '../shared/types.ts';
import { CopyButton, Message } from '../shared/ui/ui.tsx';
import { dayAndTime } from '../shared/words.ts';
import { type Places, placeName } from './places.tsx';
import { t } from './words.ts';

/** The link of an invitation: the token stands after the #, so that no server on its way logs it. */
const invitationLink = (token: string): string => `${location.origin}/invitation#${token}`;

/** Links that are shown this once, each with a text to send along: the service itself sends no mail. */
export function MadeLinks({ made, places }: { made: readonly Invitation[]; places: Places | undefined }) {
  const withLinks = made.filter((i) => i.token);
  const all = withLinks.map((i) => `${i.email ?? ''}\t${invitationLink(i.token ?? '')}`).join('\n');
  return (
    <section class="card office-links">
      <h2>{t('links_title')}</h2>
      <Message kind="warn">
        <p>{t('links_once')}</p>
      </Message>
      {withLinks.length > 1 && <CopyButton text={all}>{t('copy_all_links')}</CopyButton>}
      <ul class="list">
        {made.map((i) => (
          <LinkRow key={i.id} invitation={i} places={places} />
        ))}
      </ul>
    </section>
  );
}

function LinkRow({ invitation, places }: { invitation: Invitation; places: Places | undefined }) {
  const { email, role, token, expires } = invitation;
  const place = role ? placeName(role, places) : '';
  if (!token) return <li class="office-link">{t('link_used', { email: email ?? '' })}</li>;
  const link = invitationLink(token);
  const text = t(role ? 'invitation_letter' : 'return_letter', {
    role: role ? [roleName(role.role), place].filter(Boolean).join(', ') : '',
    link,
    until: dayAndTime(expires),
  });
  return (
    <li class="office-link">
      <strong class="office-break">{email}</strong>
      {role && <span class="muted">{divisible([roleName(role.role), place].filter(Boolean).join(' · '))}</span>}
      <code class="office-break">{link}</code>
      <div class="row">
        <CopyButton text={link}>{t('copy_link')}</CopyButton>
        <CopyButton text={text}>{t('copy_letter')}</CopyButton>
      </div>
      <details class="office-fold">
        <summary>{t('show_letter')}</summary>
        <p class="office-text">{text}</p>
      </details>
    </li>
  );
}
