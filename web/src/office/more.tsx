import { useState } from 'preact/hooks';
import { AuditList } from '../shared/audit/audit.tsx';
import { told } from '../shared/audit/words.ts';
import { useWork } from '../shared/signin/gate.tsx';
import { RolePlace, roleName } from '../shared/signin/roles.tsx';
import { tell } from '../shared/signin/words.ts';
import { Icon, type IconName } from '../shared/ui/icons.tsx';
import { Check, Link, Screen } from '../shared/ui/ui.tsx';
import { sameRole } from '../shared/work.ts';
import { t } from './words.ts';

interface Item {
  to: string;
  icon: IconName;
  text: string;
}

/** What has no tab of its own. */
export function More() {
  const { acting, person } = useWork();
  const held = person.roles.find((r) => sameRole(r, acting));
  const items: Item[] = [
    ...(acting.role === 'manager'
      ? [
          { to: '/office/conflicts', icon: 'warn', text: t('conflicts_title') } as const,
          { to: '/office/people', icon: 'people', text: t('people') } as const,
        ]
      : []),
    { to: '/office/log', icon: 'list', text: told('audit_title') },
    { to: '/office/account', icon: 'name', text: tell('in_account') },
  ];
  return (
    <Screen title={t('more')}>
      {held && (
        <p class="office-where">
          <strong>{roleName(held.role)}</strong>
          <span class="muted">
            <RolePlace role={held} />
          </span>
        </p>
      )}
      <ul class="list">
        {items.map((i) => (
          <li key={i.to}>
            <Link to={i.to} class="card office-row with-icon">
              <Icon name={i.icon} />
              <strong>{i.text}</strong>
            </Link>
          </li>
        ))}
      </ul>
    </Screen>
  );
}

/** The audit log of what the reader may see. */
export function Log() {
  const [mine, setMine] = useState(false);
  return (
    <Screen title={told('audit_title')} back="/office/more">
      <Check checked={mine} onChange={setMine}>
        {told('audit_mine')}
      </Check>
      <AuditList key={String(mine)} mine={mine} />
    </Screen>
  );
}
