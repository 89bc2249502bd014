// The audit log in plain words: when, who, what. It names people who work, and no pass but by what was done to it.

import { useEffect, useState } from 'preact/hooks';
import * as api from '../api.ts';
import type { AuditRow, Problem } from '../types.ts';
import { Button, Empty, Failure, Link, Skeleton } from '../ui/ui.tsx';
import { dayAt, has, lookup, timeAt } from '../words.ts';
import { asPerson } from '../work.ts';
import { told } from './words.ts';

/** The rows of what the reader may see, the newest first, a page at a time. Give it a key of what it asks for, to begin anew; and, for those
 * who look after passes, where one is looked at. */
export function AuditList({ pass, mine, passPath }: { pass?: string; mine?: boolean; passPath?: (id: string) => string }) {
  const [rows, setRows] = useState<AuditRow[]>();
  const [next, setNext] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  async function read(before?: string): Promise<void> {
    setBusy(true);
    const answer = await api.audit(asPerson, { ...(pass ? { pass } : {}), ...(mine ? { mine } : {}), ...(before ? { before } : {}) });
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    setRows((all) => [...((before && all) || []), ...answer.value.rows]);
    setNext(answer.value.next);
  }
  useEffect(() => void read(), []);

  return (
    <>
      {rows?.length === 0 && <Empty text={told('audit_empty')} />}
      {rows && days(rows).map(([day, some]) => <DayRows key={day} day={day} rows={some} passPath={passPath} />)}
      {!rows && !problem && <Skeleton rows={6} />}
      {problem && <Failure problem={problem} retry={() => void read(rows ? next : undefined)} />}
      {next && !problem && (
        <Button busy={busy} onClick={() => void read(next)}>
          {told('audit_older')}
        </Button>
      )}
    </>
  );
}

function days(rows: readonly AuditRow[]): [string, AuditRow[]][] {
  const all = new Map<string, AuditRow[]>();
  for (const row of rows) {
    const day = dayAt(row.at);
    all.set(day, [...(all.get(day) ?? []), row]);
  }
  return [...all];
}

type DayRowsProps = { day: string; rows: readonly AuditRow[]; passPath?: ((id: string) => string) | undefined };

const DayRows = ({ day, rows, passPath }: DayRowsProps) => (
  <section class="audit-day">
    <h2>{day}</h2>
    <ul class="list">
      {rows.map((row) => (
        <li key={row.id} class="audit-row">
          <time dateTime={row.at}>{timeAt(row.at)}</time>
          <span>
            <strong>{who(row)}</strong> {what(row.action)}
            {row.reason && <span class="muted"> · {told('audit_reason', { reason: told(`audit_reason_${row.reason}`) })}</span>}
            {row.pass && passPath && row.action !== 'pass_erased' && (
              <>
                {' '}
                <Link to={passPath(row.pass)}>{told('audit_open_pass')}</Link>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  </section>
);

function who(row: AuditRow): string {
  const key = `audit_by_${row.by}`;
  return row.person_name || (has(key) ? lookup(key) : told('audit_by_system'));
}

/** An action that this version does not know yet is a change. */
function what(action: string): string {
  const key = `audit_${action}`;
  return has(key) ? lookup(key) : told('audit_other');
}
