import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { NO_NETWORK } from '../shared/api.ts';
import { Icon, type IconName } from '../shared/ui/icons.tsx';
import { StillCode } from '../shared/ui/qr.tsx';
import {
  Button,
  Check,
  Chips,
  CopyButton,
  Dialog,
  Empty,
  Failure,
  Field,
  Header,
  type Kind,
  Link,
  Message,
  Screen,
  Select,
  Skeleton,
  Stepper,
  TabBar,
} from '../shared/ui/ui.tsx';
import { say } from '../shared/words/common.ts';
import { ResultLinks } from './results.tsx';

/** All of them: one that is missing here does not compile. */
const ICONS: Readonly<Record<IconName, true>> = {
  back: true,
  close: true,
  language: true,
  info: true,
  ok: true,
  warn: true,
  stop: true,
  question: true,
  card: true,
  find: true,
  bookings: true,
  inbox: true,
  more: true,
  scan: true,
  light: true,
  keyboard: true,
  today: true,
  list: true,
  settings: true,
  phone: true,
  paper: true,
  print: true,
  copy: true,
  new: true,
  people: true,
  house: true,
  undo: true,
  sound: true,
  offline: true,
  big: true,
  name: true,
  out: true,
};

const KINDS: readonly Kind[] = ['info', 'ok', 'warn', 'stop'];

export function Guide() {
  return (
    <>
      <Header />
      <Screen title="Style guide" back="/styleguide">
        <Type />
        <Buttons />
        <Fields />
        <Numbers />
        <Messages />
        <Waiting />
        <Boxes />
        <Dialogs />
        <Codes />
        <Icons />
        <Part title="Answers at a door">
          <ResultLinks />
        </Part>
      </Screen>
      <TabBar
        label="Tabs"
        at="/styleguide"
        tabs={[
          { to: '/styleguide', icon: 'card', text: 'Current' },
          { to: '/styleguide/find', icon: 'find', text: 'Another' },
          { to: '/styleguide/bookings', icon: 'bookings', text: 'Longer words' },
          { to: '/styleguide/inbox', icon: 'inbox', text: 'Counted', badge: { n: 2, text: '2 new' } },
        ]}
      />
    </>
  );
}

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="card" aria-label={title}>
    <h2>{title}</h2>
    {children}
  </section>
);

const Type = () => (
  <Part title="Type">
    <h3>A heading of the third rank</h3>
    <p>
      Body text with <Link to="/styleguide">a link</Link>, <strong>strong words</strong> and a long one: epäjärjestelmällistyttämättömyys.
    </p>
    <p class="muted">Muted text.</p>
    <p class="digits-shown">{'123\u00a0456\u00a07890'}</p>
    <dl class="facts">
      <dt>A fact</dt>
      <dd>31.5.2027</dd>
      <dt>Another fact</dt>
      <dd>1 + 2</dd>
    </dl>
  </Part>
);

const Buttons = () => (
  <Part title="Buttons">
    <div class="row">
      <Button kind="primary">Primary</Button>
      <Button>Plain</Button>
      <Button kind="quiet">Quiet</Button>
      <Button kind="stop">Stop</Button>
    </div>
    <div class="row">
      <Button kind="primary" icon="scan">
        With an icon
      </Button>
      <Button icon="print">With an icon</Button>
      <CopyButton text="1234567890" />
    </div>
    <div class="row">
      <Button aria-pressed={true}>Pressed</Button>
      <Button aria-pressed={false}>Not pressed</Button>
      <Button kind="primary" busy>
        Busy
      </Button>
      <Button disabled>Disabled</Button>
    </div>
    <div class="actions">
      <Button kind="primary">As wide as the screen, with words that need a second line on a small one</Button>
    </div>
  </Part>
);

function Fields() {
  const [text, setText] = useState('');
  const [digits, setDigits] = useState('123 456 7890');
  const [chosen, choose] = useState<'a' | 'b'>('a');
  const [on, set] = useState(true);
  const options = [
    { value: 'a', text: 'The first' },
    { value: 'b', text: 'The second' },
  ] as const;
  return (
    <Part title="Fields">
      <Field label="A field" value={text} onInput={setText} />
      <Field label="With a hint" hint="What is good to know before." value={text} onInput={setText} />
      <Field label="With what is wrong" error="What is wrong, and how to mend it." value={text} onInput={setText} />
      <Field class="digits" label="Digits" inputMode="numeric" value={digits} onInput={setDigits}>
        <Button kind="primary" type="submit">
          {say('ok')}
        </Button>
      </Field>
      <Field label="Disabled" disabled value="It cannot be changed" onInput={setText} />
      <Select label="One of a few" value={chosen} options={options} onChange={choose} />
      <Select label="One of a few, wrongly" error="Choose another one." value={chosen} options={options} onChange={choose} />
      <Check checked={on} onChange={set}>
        Something to tick, with a sentence that is long enough to need more than one line on a phone.
      </Check>
      <Check checked={false} disabled onChange={set}>
        Something that cannot be ticked
      </Check>
    </Part>
  );
}

function Numbers() {
  const [n, setN] = useState(2);
  const [few, setFew] = useState(0);
  return (
    <Part title="Numbers">
      <Chips label="Children" values={[0, 1, 2, 3, 4]} value={n} onChange={setN} />
      <Chips label="Children, not now" values={[0, 1, 2]} value={1} onChange={setN} disabled />
      <Stepper label="Children" hint="Under 18." value={n} min={0} max={15} onChange={setN} />
      <Stepper label="At its least" value={few} min={0} max={1} onChange={setFew} />
    </Part>
  );
}

const Messages = () => (
  <Part title="Messages">
    {KINDS.map((kind) => (
      <Message key={kind} kind={kind} title={`Of the kind ${kind}`}>
        <p>A sentence, and what to do next.</p>
      </Message>
    ))}
    <Message kind="ok" live>
      It is read out when it appears.
    </Message>
    <Failure problem={{ status: 0, code: NO_NETWORK }} retry={() => undefined} />
    <Failure problem={{ status: 500, code: 'internal', instance: 'w61abcdefgh' }} />
  </Part>
);

const Waiting = () => (
  <Part title="Loading and empty">
    <Skeleton rows={2} />
    <Empty text="Nothing here yet.">
      <Button kind="primary">The one thing to do</Button>
    </Empty>
  </Part>
);

const Boxes = () => (
  <Part title="Lists and tables">
    <ul class="list">
      <li class="card">The first</li>
      <li class="card">The second</li>
    </ul>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
    <section class="table-box" tabIndex={0} aria-label="A table that scrolls by itself">
      <table>
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col" class="number">
              Visits
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Kajaani</th>
            <td class="number">841</td>
          </tr>
        </tbody>
      </table>
    </section>
  </Part>
);

function Dialogs() {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <Part title="Dialog">
      <Button onClick={() => setOpen(true)}>Open the dialog</Button>
      <Dialog
        title="A question"
        open={open}
        onClose={close}
        actions={
          <>
            <Button kind="stop" onClick={close}>
              {say('yes')}
            </Button>
            <Button onClick={close}>{say('no')}</Button>
          </>
        }
      >
        <p>What happens then.</p>
      </Dialog>
    </Part>
  );
}

const Codes = () => (
  <Part title="Codes">
    <StillCode text="https://kaikukortti.example/activate#1234567890" label="A code that does not change" />
  </Part>
);

const Icons = () => (
  <Part title="Icons">
    <ul class="row">
      {Object.keys(ICONS).map((name) => (
        <li key={name}>
          <Icon name={name as IconName} /> {name}
        </li>
      ))}
    </ul>
  </Part>
);
