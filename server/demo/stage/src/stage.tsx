import { useEffect, useState } from 'preact/hooks';
import { after, type Done, NOTHING, stepOf, where } from './facts.ts';
import { Frame } from './frame.tsx';
import { Guide } from './guide.tsx';
import { useHolding } from './holding.ts';
import { Intro } from './intro.tsx';
import { type Kept, read, write } from './kept.ts';
import { Knows } from './knows.tsx';
import { type Language, PARTS, type Part, type Said } from './messages.ts';
import { BEFORE, heardIn, type Standing, switched } from './standing.ts';
import { useWires } from './wires.ts';
import { LANGUAGES, OWN_NAMES, preferred, speaker } from './words.ts';

/** What the demo tells its page. */
export interface About {
  run: string;
  ports: Readonly<Record<Part, string>>;
  server: string;
  outside: string;
}

export function Stage({ about }: { about: About }) {
  const [kept, setKept] = useState<Kept>(() => read(about.run));
  const [standing, setStanding] = useState<Standing>(BEFORE);
  const [entered, setEntered] = useState(0); // counts how often the frames were begun anew
  const [looking, setLooking] = useState(false);
  const wires = useWires(about.ports, hear);
  const holding = useHolding(wires);
  const language = kept.language ?? preferred(navigator.languages);
  const t = speaker(language);
  const { facts } = kept;
  const step = kept.started ? stepOf(facts) : undefined;
  const turn = where(facts);

  useEffect(() => write(kept), [kept]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `Kaikukortti: ${t('title')}`;
  }, [language]);
  useEffect(() => {
    if (turn[0]) show(turn[0]);
  }, [turn[0]]);

  function note(said: Said | Done): void {
    setKept((now) => {
      const facts = after(now.facts, said);
      return facts === now.facts ? now : { ...now, facts };
    });
  }

  function hear(part: Part, said: Said): void {
    holding.hear(said);
    if (!facts.lost && after(facts, said).lost) network(false, 'holder');
    note(said);
    setStanding((now) => heardIn(now, part, said));
    if (said.kind === 'answer') {
      setKept((now) => ({ ...now, answers: [...now.answers, { path: said.path, body: said.body, at: Date.now() }] }));
    }
  }

  function begin(): void {
    holding.forget();
    setStanding(BEFORE);
    setLooking(false);
    setEntered((n) => n + 1);
    setKept({ run: about.run, started: true, language: kept.language, facts: NOTHING, answers: [] });
  }

  function network(on: boolean, ...parts: ('holder' | 'venue')[]): void {
    for (const part of parts) wires.tell(part, { kind: 'network', on });
    setStanding((now) => switched(now, on, parts));
  }

  function choose(next: Language): void {
    setKept({ ...kept, language: next });
    for (const part of PARTS) wires.tell(part, { kind: 'language', language: next });
  }

  return (
    <>
      <header class="header stage-header">
        <span class="brand">Kaikukortti</span>
        <h1>{t('title')}</h1>
        {kept.started && (
          <button type="button" class="button quiet" onClick={() => confirm(t('restart_sure')) && begin()}>
            {t('restart')}
          </button>
        )}
        <div class="language">
          <label for="stage-language" class="visually-hidden">
            {t('language')}
          </label>
          <select id="stage-language" value={language} onChange={(e) => choose(e.currentTarget.value as Language)}>
            {LANGUAGES.map((l) => (
              <option key={l} value={l} lang={l}>
                {OWN_NAMES[l]}
              </option>
            ))}
          </select>
        </div>
      </header>
      <main class={`stage ${kept.started ? 'started' : ''}`}>
        {kept.started ? (
          <Guide
            show={looking ? undefined : show}
            back={looking ? () => setLooking(false) : undefined}
            t={t}
            facts={facts}
            standing={standing}
            holding={holding}
            network={network}
            lose={() => {
              network(false, 'holder');
              note({ kind: 'lose' });
            }}
            look={() => {
              note({ kind: 'looked' });
              setLooking(true);
            }}
            again={begin}
          />
        ) : (
          <Intro t={t} about={about} start={begin} />
        )}
        {looking && <Knows t={t} pass={facts.pass ?? ''} answers={kept.answers} />}
        {kept.started && (
          <div class="stage-phones" hidden={looking}>
            {PARTS.map((part) => (
              <Frame
                key={`${part}${entered}`}
                t={t}
                part={part}
                port={about.ports[part]}
                entry={entered > 0 ? `/stage/enter?language=${language}` : HOME[part]}
                turn={step !== undefined && turn.includes(part)}
                standing={standing}
                lost={part === 'holder' && facts.lost}
                plug={wires.plug}
                network={network}
              />
            ))}
          </div>
        )}
      </main>
    </>
  );
}

/** Brings a phone into sight, where they do not all fit beside one another. */
function show(part: Part): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.getElementById(`phone-${part}`)?.scrollIntoView({ block: 'nearest', inline: 'start', behavior: calm ? 'auto' : 'smooth' });
}

/** Where a frame goes on after a reload of the stage. */
const HOME: Readonly<Record<Part, string>> = { worker: '/desk', holder: '/', venue: '/scan' };
