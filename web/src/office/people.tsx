import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { bare } from '../shared/signin/flow.ts';
import { useWork } from '../shared/signin/gate.tsx';
import { divisible } from '../shared/soft.ts';
import type { Colleague, Invitation, Role } from '../shared/types.ts';
import { Check, Empty, Link, Screen } from '../shared/ui/ui.tsx';
import { dayAndTime, dayAt } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { Confirm, Said, useSaid } from './confirm.tsx';
import { DataTable } from './datatable.tsx';
import { Choice } from './fields.tsx';
import { MadeLinks } from './links.tsx';
import { Shown, useLoaded } from './loaded.tsx';
import { type Places, roleWords } from './places.tsx';
import { t } from './words.ts';

/** Whose people: those of an organisation, of a network, or of whatever the reader oversees. */
export interface Where {
  organisation?: string;
  network?: string;
}

/** The people and open invitations of a place, as a screen of their own. */
export function PeopleScreen(p: { where: Where; places: Places | undefined; invite: string; table?: string; back?: string }) {
  return (
    <Screen title={t('people')} wide {...(p.back === undefined ? {} : { back: p.back })}>
      <div class="row">
        <Link to={p.invite} class="button primary">
          {t('invite')}
        </Link>
        {p.table && (
          <Link to={p.table} class="button">
            {t('invite_table')}
          </Link>
        )}
      </div>
      <PeopleOf where={p.where} places={p.places} />
    </Screen>
  );
}

/** The people of a place and what can be done about them. */
export function PeopleOf({ where, places }: { where: Where; places: Places | undefined }) {
  const people = useLoaded(() => api.people(asPerson, where), [where.organisation, where.network]);
  const open = useLoaded(() => api.invitations(asPerson, where), [where.organisation, where.network]);
  const [said, say] = useSaid();
  const [link, setLink] = useState<Invitation>();

  function changed(text: string, made?: Invitation): void {
    say(text);
    setLink(made);
    void people.again();
    void open.again();
  }

  return (
    <>
      <Said done={said} />
      {link && <MadeLinks made={[link]} places={places} />}
      <Shown of={people}>{(value) => <PeopleTable all={value.people} places={places} changed={changed} />}</Shown>
      <Shown of={open} rows={1}>
        {({ invitations }) =>
          invitations.length > 0 && (
            <section class="office-part">
              <h2>{t('open_invitations')}</h2>
              <InvitationTable all={invitations} places={places} changed={changed} />
            </section>
          )
        }
      </Shown>
    </>
  );
}

type Changed = (text: string, made?: Invitation) => void;

function PeopleTable({ all, places, changed }: { all: readonly Colleague[]; places: Places | undefined; changed: Changed }) {
  const { person } = useWork();
  if (all.length === 0) return <Empty text={t('no_people')} />;
  return (
    <DataTable
      label={t('people')}
      rows={all}
      keyOf={(c) => c.id}
      columns={[
        {
          head: t('name'),
          cell: (c) => (
            <>
              <strong>{c.name}</strong>
              <span class="office-break muted">{c.email}</span>
            </>
          ),
        },
        { head: t('roles'), cell: (c) => c.roles.map((r) => <span key={roleKey(r)}>{divisible(roleWords(r, places))}</span>) },
        { head: t('signed_in'), cell: (c) => (c.signed_in_at ? dayAt(c.signed_in_at) : t('never')) },
        {
          head: t('actions'),
          cell: (c) => (c.id === person.id ? <Self /> : <PersonActions person={c} places={places} changed={changed} />),
        },
      ]}
    />
  );
}

const Self = () => <span class="muted">{t('you')}</span>;
const roleKey = (r: Role): string => [r.role, r.organisation, r.network].join('/');

function PersonActions({ person, places, changed }: { person: Colleague; places: Places | undefined; changed: Changed }) {
  return (
    <div class="row">
      <ResetButton person={person} changed={changed} />
      <EndButton person={person} places={places} changed={changed} />
    </div>
  );
}

/** For somebody who lost the authenticator's phone: a link to begin anew, which has to reach that person and nobody else. */
function ResetButton({ person, changed }: { person: Colleague; changed: Changed }) {
  const [password, setPassword] = useState(false);
  return (
    <Confirm
      label={t('reset')}
      about={person.name}
      title={t('reset_title', { name: person.name })}
      act={t('reset')}
      body={password}
      send={(key) => api.resetSecondFactor(asPerson, person.id, password, key)}
      done={(link) => changed(t('reset_done', { name: person.name }), link)}
    >
      <p>{t('reset_text')}</p>
      <Check checked={password} onChange={setPassword}>
        {t('reset_password_too')}
      </Check>
    </Confirm>
  );
}

function EndButton({ person, places, changed }: { person: Colleague; places: Places | undefined; changed: Changed }) {
  const [which, setWhich] = useState('0');
  const role = person.roles[Number(which)];
  return (
    <Confirm
      kind="stop"
      label={t('end_role')}
      about={person.name}
      title={t('end_role_title', { name: person.name })}
      act={t('end_role')}
      send={() => api.endPerson(asPerson, person.id, role && bare(role))}
      done={() => changed(t('end_role_done', { name: person.name }))}
    >
      {person.roles.length > 1 ? (
        <Choice
          legend={t('which_role')}
          value={which}
          onChange={setWhich}
          options={person.roles.map((r, i) => ({ value: String(i), text: roleWords(r, places) }))}
        />
      ) : (
        role && <p>{divisible(roleWords(role, places))}</p>
      )}
      <p>{t('end_role_text')}</p>
    </Confirm>
  );
}

function InvitationTable({ all, places, changed }: { all: readonly Invitation[]; places: Places | undefined; changed: Changed }) {
  return (
    <DataTable
      label={t('open_invitations')}
      rows={all}
      keyOf={(i) => i.id}
      columns={[
        { head: t('email'), cell: (i) => <span class="office-break">{i.email}</span> },
        { head: t('roles'), cell: (i) => i.role && divisible(roleWords(i.role, places)) },
        { head: t('link_until'), cell: (i) => dayAndTime(i.expires) },
        {
          head: t('actions'),
          cell: (i) => (
            <Confirm
              kind="stop"
              label={t('withdraw')}
              about={i.email ?? ''}
              title={t('withdraw_title')}
              act={t('withdraw')}
              send={() => api.withdrawInvitation(asPerson, i.id)}
              done={() => changed(t('withdrawn'))}
            >
              <p class="office-break">{i.email}</p>
              <p>{t('withdraw_text')}</p>
            </Confirm>
          ),
        },
      ]}
    />
  );
}
