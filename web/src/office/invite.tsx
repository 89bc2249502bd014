import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { roleName } from '../shared/signin/roles.tsx';
import { divisible } from '../shared/soft.ts';
import type { Invitation, Role } from '../shared/types.ts';
import { Button, Screen, Select } from '../shared/ui/ui.tsx';
import { textOf } from '../shared/words.ts';
import { asPerson } from '../shared/work.ts';
import { FormField } from './fields.tsx';
import { FormBox, fieldId, useForm } from './form.tsx';
import { MadeLinks } from './links.tsx';
import { type Places, placeName } from './places.tsx';
import { isEmail, roleAt } from './table.ts';
import { t } from './words.ts';

/** A role that may be given here, and how it is called. */
interface Giveable {
  role: Role;
  text: string;
}

/** The roles at organisations: each has the one that its kind decides. */
export const rolesAtPlaces = (places: Places): Giveable[] =>
  places.organisations
    .filter((o) => !o.closed_at)
    .map((o) => ({ role: { role: roleAt(o), organisation: o.id }, text: `${textOf(o.name).text} (${roleName(roleAt(o))})` }))
    .sort((a, b) => a.text.localeCompare(b.text, 'fi'));

/** The role of a coordinator of a network. */
export const coordinatorOf = (network: string, places: Places | undefined): Giveable => {
  const role: Role = { role: 'coordinator', network };
  return { role, text: [roleName('coordinator'), placeName(role, places)].filter(Boolean).join(' · ') };
};

/** Invites one person. The link is shown once; whoever invites sends it. */
export function Invite(p: { roles: readonly Giveable[]; places: Places | undefined; back: string }) {
  const [made, setMade] = useState<readonly Invitation[]>();
  return (
    <Screen title={t('invite')} back={p.back}>
      {made ? (
        <>
          <MadeLinks made={made} places={p.places} />
          <Button onClick={() => setMade(undefined)}>{t('invite_another')}</Button>
        </>
      ) : (
        <InviteForm roles={p.roles} done={setMade} />
      )}
    </Screen>
  );
}

function InviteForm({ roles, done }: { roles: readonly Giveable[]; done: (made: readonly Invitation[]) => void }) {
  const form = useForm();
  const [email, setEmail] = useState('');
  const [which, setWhich] = useState(roles.length === 1 ? '0' : '');
  const [only] = roles;

  function submit(): void {
    const role = roles[Number(which)]?.role;
    const body = role ? [{ email: email.trim(), ...role }] : [];
    void form.send(
      {
        ...(isEmail(email) ? {} : { 'invitations.0.email': () => t('wrong_email') }),
        ...(which !== '' && role ? {} : { 'invitations.0.role': () => t('wrong_which_role') }),
      },
      body,
      (key) => api.invite(asPerson, body, key),
      (answer) => done(answer.invitations),
    );
  }

  return (
    <FormBox form={form} onSubmit={submit} submit={t('make_link')}>
      <FormField
        form={form}
        field="invitations.0.email"
        label={t('email')}
        hint={t('invite_email_hint')}
        type="email"
        inputMode="email"
        autocapitalize="off"
        spellcheck={false}
        value={email}
        onInput={setEmail}
      />
      {roles.length === 1 ? (
        <p>
          {t('role')}: <strong>{divisible(only?.text ?? '')}</strong>
        </p>
      ) : (
        <Select
          id={fieldId('invitations.0.role')}
          label={t('role')}
          value={which}
          error={form.wrong['invitations.0.role']}
          onChange={setWhich}
          options={[{ value: '', text: t('choose') }, ...roles.map((r, i) => ({ value: String(i), text: r.text }))]}
        />
      )}
    </FormBox>
  );
}
