// The camera on a screen: why it is wanted, its picture, its lamp and lenses, and what to do when there is no picture.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { here } from '../../shared/around.ts';
import { Button, Message } from '../../shared/ui/ui.tsx';
import { type CameraProblem, type Lens, type Camera as Opened, openCamera } from '../decoder.ts';
import { scanner } from '../scanner.ts';
import { cameraSteps } from '../steps.ts';
import { useStanding } from '../use.ts';
import { type Key, t } from '../words.ts';

type State = 'asleep' | 'starting' | 'running' | CameraProblem;

/** Without a code for so long there is a hint, in milliseconds. */
const PATIENCE = 10_000;

export default function Camera(p: { onText: (text: string) => void; children?: ComponentChildren }) {
  const { settings } = useStanding();
  const video = useRef<HTMLVideoElement>(null);
  const camera = useRef<Opened | undefined>(undefined);
  // Whoever looks into the camera sees the newest of what the screen wants to hear.
  const onText = useRef(p.onText);
  onText.current = p.onText;
  const [state, setState] = useState<State>(settings.camera ? 'starting' : 'asleep');
  const [starts, setStarts] = useState(0);
  const [hint, read] = useHint(state === 'running');

  const open = () => {
    if (!video.current) return;
    setState('starting');
    camera.current?.stop();
    camera.current = openCamera({
      video: video.current,
      lens: settings.lens,
      onText: (text) => {
        read();
        onText.current(text);
      },
      onReady: () => {
        setState('running');
        setStarts((n) => n + 1);
        void scanner.setUp({ camera: true });
      },
      onProblem: setState,
    });
  };
  useEffect(() => {
    if (settings.camera) open();
    return () => camera.current?.stop();
  }, []);

  const shown = state === 'starting' || state === 'running';
  return (
    <>
      <div class="scan-camera" hidden={!shown}>
        <video ref={video} muted playsInline aria-label={t('camera_picture')} />
        <div class="scan-aim" aria-hidden="true" />
        <p class="scan-camera-says" role="status">
          {state === 'starting' ? t('camera_starting') : hint ? t('closer') : ''}
        </p>
      </div>
      {state === 'asleep' && (
        <div class="scan-asleep">
          <p>{t('camera_use')}</p>
          <Button kind="primary" icon="scan" onClick={open}>
            {t('start_camera')}
          </Button>
        </div>
      )}
      {!shown && state !== 'asleep' && <NoPicture why={state} again={open} />}
      <div class="scan-tools">
        {state === 'running' && camera.current && <Lamp key={starts} camera={camera.current} />}
        {state === 'running' && camera.current && <Lenses camera={camera.current} />}
        {p.children}
      </div>
    </>
  );
}

/** Says "closer, or more light" when no code has been read for a while. */
function useHint(running: boolean): [boolean, () => void] {
  const [hint, setHint] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const wait = () => {
    clearTimeout(timer.current);
    setHint(false);
    timer.current = setTimeout(() => setHint(true), PATIENCE);
  };
  useEffect(() => {
    if (running) wait();
    return () => clearTimeout(timer.current);
  }, [running]);
  return [hint, wait];
}

/** The lamp, where there is one, dark whenever the picture starts. Its name carries its state, as the lamp has it and not as it was asked. */
function Lamp({ camera }: { camera: Opened }) {
  const [on, setOn] = useState(false);
  if (!camera.hasTorch()) return null;
  return (
    <Button icon="light" kind={on ? 'primary' : 'plain'} onClick={() => void camera.setTorch(!on).then(setOn)}>
      {t(on ? 'light_on' : 'light')}
    </Button>
  );
}

/** Goes to the next camera of the phone and remembers it. */
function Lenses({ camera }: { camera: Opened }) {
  const [lenses, setLenses] = useState<readonly Lens[]>([]);
  useEffect(() => void camera.lenses().then(setLenses), [camera]);
  if (lenses.length < 2) return null;
  const next = () => {
    const at = lenses.findIndex((l) => l.id === camera.lens());
    const lens = lenses[(at + 1) % lenses.length];
    if (!lens) return;
    void camera.choose(lens.id);
    void scanner.setUp({ lens: lens.id });
  };
  return (
    <Button icon="scan" onClick={next}>
      {t('other_camera')}
    </Button>
  );
}

const WHY: Readonly<Record<CameraProblem, Key>> = {
  refused: 'camera_refused',
  busy: 'camera_busy',
  none: 'camera_none',
  unreadable: 'camera_unreadable',
};

function NoPicture({ why, again }: { why: CameraProblem; again: () => void }) {
  return (
    <Message kind="warn" live>
      <p>{t(WHY[why])}</p>
      {why === 'refused' && (
        <>
          {cameraSteps(navigator.userAgent, here().ios).map((how) => (
            <p key={how}>{t(how)}</p>
          ))}
          <p>{t('how_then')}</p>
        </>
      )}
      {why !== 'unreadable' && <Button onClick={again}>{t('start_camera')}</Button>}
    </Message>
  );
}
