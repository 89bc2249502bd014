import type { ComponentChildren } from 'preact';

interface Column<R> {
  head: string;
  cell: (row: R) => ComponentChildren;
}

/** A table that scrolls in a region of its own, which has a name and takes the focus; on a narrow phone each row is a card. */
export function DataTable<R>(p: { label: string; columns: readonly Column<R>[]; rows: readonly R[]; keyOf: (row: R) => string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="table-box office-table" aria-label={p.label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {p.columns.map((c) => (
              <th key={c.head} scope="col">
                {c.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {p.rows.map((row) => (
            <tr key={p.keyOf(row)}>
              {p.columns.map((c) => (
                <td key={c.head} data-head={c.head}>
                  <div>{c.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
