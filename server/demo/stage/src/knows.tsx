// The last step: everything that the server keeps of a card, beside everything that the door was told.

import { useEffect, useState } from 'preact/hooks';
import type { Answer } from './kept.ts';
import { lines } from './lines.ts';
import type { Key, Say } from './words.ts';

interface Stored {
  documents: { collection: string; document: unknown }[];
  among: number;
}

const COLLECTIONS: Readonly<Record<string, Key>> = {
  passes: 'col_passes',
  credentials: 'col_credentials',
  claims: 'col_claims',
  audit: 'col_audit',
  notices: 'col_notices',
  activation_requests: 'col_requests',
};

/** What of a card is about the person, or about who came along. */
const ABOUT = /^\s*(birth_year|postal_code|municipality|children|language|terms_\w+|party|home_municipality): /;

export function Knows({ t, pass, answers }: { t: Say; pass: string; answers: readonly Answer[] }) {
  const [stored, setStored] = useState<Stored | string>();
  useEffect(() => {
    void ask(pass).then(setStored);
  }, [pass]);
  return (
    <div class="stage-knows">
      <section>
        <h2>{t('server_title')}</h2>
        {typeof stored === 'string' && <p>{t('failed', { why: stored })}</p>}
        {typeof stored === 'object' && <Kept t={t} stored={stored} />}
      </section>
      <section>
        <h2>{t('venue_title')}</h2>
        <p>{t(answers.length > 0 ? 'venue_text' : 'venue_nothing')}</p>
        {answers.map((answer, i) => (
          <figure key={i}>
            <figcaption>{answer.path}</figcaption>
            <Document value={answer.body} name={`${i + 1}: ${answer.path}`} />
          </figure>
        ))}
      </section>
    </div>
  );
}

async function ask(pass: string): Promise<Stored | string> {
  try {
    const answer = await fetch(`/stage/stored?pass=${encodeURIComponent(pass)}`);
    return answer.ok ? ((await answer.json()) as Stored) : answer.text();
  } catch (why) {
    return String(why);
  }
}

function Kept({ t, stored }: { t: Say; stored: Stored }) {
  const known = [...Object.keys(COLLECTIONS), ''];
  const groups = known.map((name) => ({
    name,
    documents: stored.documents.filter((d) => (name ? d.collection === name : !(d.collection in COLLECTIONS))),
  }));
  return (
    <>
      <p>{t('server_searched', { among: stored.among, n: stored.documents.length })}</p>
      <p>
        {t('server_none')} <mark>{t('marked')}</mark>
      </p>
      {groups
        .filter((g) => g.documents.length > 0)
        .map((g) => (
          <section key={g.name} class="stage-collection">
            <h3>{t(COLLECTIONS[g.name] ?? 'col_other')}</h3>
            {g.documents.map((d, i) => (
              <figure key={i}>
                <figcaption>{d.collection}</figcaption>
                <Document value={d.document} name={`${d.collection} ${i + 1}`} />
              </figure>
            ))}
          </section>
        ))}
    </>
  );
}

/** A document as it stands. */
function Document({ value, name }: { value: unknown; name: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard
    <section class="stage-document" tabIndex={0} aria-label={name}>
      <pre>{lines(value).map((line, i) => (ABOUT.test(line) ? <mark key={i}>{`${line}\n`}</mark> : `${line}\n`))}</pre>
    </section>
  );
}
