// The gate before what people sign in to. Who is inside keeps what they were doing when their session ends: it is hidden, not thrown away,
// and it is there again when the same person has signed in again. Somebody else never sees it.

import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import * as api from '../api.ts';
import { go } from '../route.ts';
import type { AtWork, Problem, Role } from '../types.ts';
import { Button, Failure, Header, Message, Screen, Skeleton } from '../ui/ui.tsx';
import { say } from '../words/common.ts';
import { actAs, asPerson, onSession, resume } from '../work.ts';
import { APPS, type AppName, appOf, wayIn } from './flow.ts';
import { SignInForm } from './form.tsx';
import { useIdleEnd } from './idle.ts';
import { Elsewhere, RoleChooser } from './roles.tsx';
import { tell } from './words.ts';

export interface Work {
  person: AtWork;
  /** The role in which this page acts. */
  acting: Role;
  /** Reads the account again, after it was changed. */
  reload: () => Promise<void>;
  /** Goes on in another role; answers what went wrong, if anything did. */
  act: (role: Role) => Promise<Problem | undefined>;
}

const WorkContext = createContext<Work | undefined>(undefined);

/** Who is signed in. Only below a Gate. */
export function useWork(): Work {
  const work = useContext(WorkContext);
  if (!work) throw new Error('useWork stands below a Gate');
  return work;
}

type Standing =
  | { at: 'opening' }
  | { at: 'problem'; problem: Problem; fresh: boolean }
  | { at: 'out'; over: boolean }
  | { at: 'choosing' | 'elsewhere' | 'in' };

interface Inside {
  person: AtWork;
  acting: Role;
}

export function Gate({ app, children }: { app: AppName; children: ComponentChildren }) {
  const [standing, stand] = useState<Standing>({ at: 'opening' });
  const [inside, setInside] = useState<Inside>();
  const [person, setPerson] = useState<AtWork>();
  const left = useRef<Element | null>(null);
  useIdleEnd(standing.at === 'in');

  async function arrive(fresh: boolean): Promise<void> {
    const answer = await api.meAtWork(asPerson);
    if (!answer.ok) return fail(answer.problem, fresh);
    setPerson(answer.value);
    const before = inside?.person.id === answer.value.id ? inside.acting : undefined;
    const way = wayIn(answer.value, app, fresh, before);
    switch (way.go) {
      case 'in':
        return enter(answer.value, answer.value.acting);
      case 'switch':
        await act(answer.value, way.to);
        return;
      case 'choose':
        return stand({ at: 'choosing' });
      case 'elsewhere':
        return stand({ at: 'elsewhere' });
    }
  }

  function fail(problem: Problem, fresh: boolean): void {
    stand(problem.status === 401 ? { at: 'out', over: inside !== undefined } : { at: 'problem', problem, fresh });
  }

  function enter(who: AtWork, acting: Role): void {
    if (inside && inside.person.id !== who.id) go(APPS[app], { replace: true });
    setInside({ person: who, acting });
    stand({ at: 'in' });
  }

  async function act(who: AtWork, role: Role): Promise<Problem | undefined> {
    const answer = await actAs(role);
    if (!answer.ok) {
      if (standing.at !== 'in') fail(answer.problem, false);
      return answer.problem;
    }
    const there = appOf(role.role);
    if (there && there !== app) location.assign(APPS[there]);
    else enter({ ...who, acting: role }, answer.value.acting);
    return undefined;
  }

  async function open(): Promise<void> {
    stand({ at: 'opening' });
    const answer = await resume();
    if (answer.ok) await arrive(false);
    else fail(answer.problem, false);
  }

  useEffect(() => void open(), []);
  useEffect(
    () =>
      onSession((ending) => {
        if (!ending) return;
        if (ending === 'left') setInside(undefined);
        stand((now) => {
          if (now.at === 'opening' || now.at === 'problem' || now.at === 'out') return now;
          left.current = document.activeElement;
          return { at: 'out', over: ending === 'over' };
        });
      }),
    [],
  );
  useEffect(() => {
    if (standing.at === 'in' && left.current instanceof HTMLElement) left.current.focus();
    if (standing.at === 'in') left.current = null;
  }, [standing.at]);
  useEffect(() => {
    if (standing.at !== 'problem') return;
    const again = () => void (standing.fresh ? arrive(true) : open());
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, [standing]);

  const key = inside && [inside.person.id, inside.acting.role, inside.acting.organisation, inside.acting.network].join('/');
  return (
    <>
      {standing.at !== 'in' && <Header />}
      {standing.at === 'opening' && <Opening />}
      {standing.at === 'problem' && <NoAnswer problem={standing.problem} again={() => void (standing.fresh ? arrive(true) : open())} />}
      {standing.at === 'out' && <SignInScreen over={standing.over} done={() => void arrive(true)} />}
      {standing.at === 'choosing' && person && <RoleChooser person={person} choose={(role) => act(person, role)} />}
      {standing.at === 'elsewhere' && person && <Elsewhere person={person} />}
      {inside && (
        <div class="inside" hidden={standing.at !== 'in'} key={key}>
          <WorkContext.Provider
            value={{
              person: inside.person,
              acting: inside.acting,
              reload: async () => {
                const answer = await api.meAtWork(asPerson);
                if (answer.ok) setInside({ person: answer.value, acting: inside.acting });
              },
              act: (role) => act(inside.person, role),
            }}
          >
            {children}
          </WorkContext.Provider>
        </div>
      )}
    </>
  );
}

const Opening = () => (
  <Screen title={tell('in_resuming')} headless>
    <Skeleton />
  </Screen>
);

function NoAnswer({ problem, again }: { problem: Problem; again: () => void }) {
  if (problem.code !== api.NO_NETWORK)
    return (
      <Screen title={tell('in_sign_in_title')}>
        <Failure problem={problem} retry={again} />
      </Screen>
    );
  return (
    <Screen title={tell('in_no_network_title')}>
      <Message kind="warn" live>
        <p>{tell('in_no_network_text')}</p>
        <Button onClick={again}>{say('retry')}</Button>
      </Message>
    </Screen>
  );
}

const SignInScreen = ({ over, done }: { over: boolean; done: () => void }) => (
  <Screen title={tell('in_sign_in_title')}>
    {over && (
      <Message kind="info" live>
        <p>{tell('in_session_over')}</p>
      </Message>
    )}
    <SignInForm done={done} />
  </Screen>
);
