import { useState } from 'preact/hooks';
import * as api from '../shared/api.ts';
import { roleName } from '../shared/signin/roles.tsx';
import type { Invitation } from '../shared/types.ts';
import { Icon } from '../shared/ui/icons.tsx';
import { Message, Screen } from '../shared/ui/ui.tsx';
import { asPerson } from '../shared/work.ts';
import { DataTable } from './datatable.tsx';
import { LongField } from './fields.tsx';
import { FormBox, type Sentences, useForm, type Wrong } from './form.tsx';
import { MadeLinks } from './links.tsx';
import { type Places, placeName } from './places.tsx';
import { type InviteeRow, readInvitees } from './table.ts';
import { count, t } from './words.ts';

/** How many can be invited at once. */
const MOST = 100;

/** Invites many at once from a spreadsheet: each row is looked at before anything is sent, and either all are invited or nobody. */
export function InviteTable({ network, places, back }: { network: string; places: Places; back: string }) {
  const [made, setMade] = useState<readonly Invitation[]>();
  return (
    <Screen title={t('invite_table')} back={back} wide>
      {made ? <MadeLinks made={made} places={places} /> : <TableForm network={network} places={places} done={setMade} />}
    </Screen>
  );
}

function TableForm({ network, places, done }: { network: string; places: Places; done: (made: readonly Invitation[]) => void }) {
  const form = useForm();
  const [pasted, setPasted] = useState('');
  const rows = readInvitees(pasted, places.organisations, network);
  const wrongRows = rows.filter((r) => r.wrong).length;

  function submit(): void {
    const body = rows.flatMap((r) => (r.role && !r.wrong ? [asked(r)] : []));
    void form.send(
      wrongTable(rows),
      body,
      (key) => api.invite(asPerson, body, key),
      (answer) => done(answer.invitations),
    );
  }

  return (
    <FormBox form={form} onSubmit={submit} submit={rows.length > 0 ? count('make_links', rows.length) : t('make_link')}>
      <p>{t('table_text')}</p>
      <pre class="office-example">{t('table_example')}</pre>
      <LongField form={form} field="table" label={t('table_label')} hint={t('table_hint')} rows={8} value={pasted} onInput={setPasted} />
      {rows.length > 0 && (
        <>
          <div role="status">
            {wrongRows > 0 ? (
              <Message kind="warn">
                <p>{count('rows_wrong', wrongRows)}</p>
              </Message>
            ) : (
              <Message kind="ok">
                <p>{count('rows_right', rows.length)}</p>
              </Message>
            )}
          </div>
          <Preview rows={rows} places={places} refused={refusedRows(form.wrong)} />
        </>
      )}
    </FormBox>
  );
}

/** A row that is right, as the server takes it. */
function asked(row: InviteeRow): Parameters<typeof api.invite>[1][number] {
  return {
    email: row.email,
    role: row.role ?? 'worker',
    ...(row.organisation ? { organisation: row.organisation } : {}),
    ...(row.network ? { network: row.network } : {}),
  };
}

function wrongTable(rows: readonly InviteeRow[]): Sentences {
  if (rows.length === 0) return { table: () => t('wrong_table_empty') };
  if (rows.length > MOST) return { table: () => t('wrong_table_long', { n: MOST }) };
  const wrong = rows.filter((r) => r.wrong).length;
  return wrong > 0 ? { table: () => count('rows_wrong', wrong) } : {};
}

/** Which rows the server found wrong, by their place in what was sent. */
const refusedRows = (wrong: Wrong): ReadonlySet<number> =>
  new Set(Object.keys(wrong).flatMap((field) => (/^invitations\.\d+\./.test(field) ? [Number(field.split('.')[1])] : [])));

function Preview({ rows, places, refused }: { rows: readonly InviteeRow[]; places: Places; refused: ReadonlySet<number> }) {
  const numbered = rows.map((row, i) => ({ row, n: i + 1, wrong: row.wrong ?? (refused.has(i) ? ('refused' as const) : undefined) }));
  return (
    <DataTable
      label={t('preview')}
      rows={numbered}
      keyOf={(r) => String(r.n)}
      columns={[
        { head: t('row'), cell: (r) => r.n },
        { head: t('email'), cell: (r) => <span class="office-break">{r.row.email}</span> },
        { head: t('role'), cell: (r) => (r.row.role ? roleName(r.row.role) : '–') },
        {
          head: t('organisation'),
          cell: (r) => (r.row.role && !r.row.wrong ? placeName({ role: r.row.role, ...placeOf(r.row) }, places) : r.row.place || '–'),
        },
        {
          head: t('check'),
          cell: (r) => (
            <span class={`office-state ${r.wrong ? 'stop' : 'ok'}`}>
              <Icon name={r.wrong ? 'stop' : 'ok'} /> {r.wrong ? t(`row_${r.wrong}`) : t('row_right')}
            </span>
          ),
        },
      ]}
    />
  );
}

const placeOf = (row: InviteeRow) => ({
  ...(row.organisation ? { organisation: row.organisation } : {}),
  ...(row.network ? { network: row.network } : {}),
});
