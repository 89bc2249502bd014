// The camera, and the codes that it sees. It is loaded only by the screens that scan.
//
//     const camera = openCamera({ video, onText, onProblem, onReady });
//     …
//     camera.stop();

import { firstThatWorks, readers } from './reader.ts';

/** Why there is no picture, or none that can be read. */
export type CameraProblem =
  | 'refused' // the person or the browser said no
  | 'busy' // another program has it
  | 'none' // there is no camera
  | 'unreadable'; // no decoder works here

/** One of several cameras; the label is the browser's own and may be empty. */
export interface Lens {
  readonly id: string;
  readonly label: string;
}

export interface CameraOptions {
  /** Shows the picture. What is decoded is its centred square, so show that: `object-fit: cover` in a square box. */
  video: HTMLVideoElement;
  /** Is told what each frame's code says, as often as it is seen: whoever listens leaves out what it knows. */
  onText: (text: string) => void;
  onProblem: (problem: CameraProblem) => void;
  /** Tells when the picture runs, and again when the lens has changed. */
  onReady?: () => void;
  /** The lens that was chosen before; without one the platform's choice is taken. */
  lens?: string | undefined;
}

export interface Camera {
  /** Switches the camera off, for good. */
  stop(): void;
  /** Whether this lens has a lamp that can be switched; known when the picture runs. */
  hasTorch(): boolean;
  /** Switches the lamp; answers how it is now. */
  setTorch(on: boolean): Promise<boolean>;
  /** The cameras of this device. */
  lenses(): Promise<readonly Lens[]>;
  /** The lens in use. */
  lens(): string | undefined;
  /** Changes to another lens. */
  choose(lens: string): Promise<void>;
}

interface TorchCapabilities extends MediaTrackCapabilities {
  torch?: boolean;
}
interface TorchSettings extends MediaTrackSettings {
  torch?: boolean;
}

/** Starts the camera. One call is one question to the person: keep it open as long as codes may come. */
export function openCamera(options: CameraOptions): Camera {
  const { video } = options;
  const reader = firstThatWorks(readers(location.search));
  let stream: MediaStream | undefined;
  let lens = options.lens;
  let stopped = false;
  let turn = 0; // of the stream that was asked for last; an older one that comes late is closed

  const track = () => stream?.getVideoTracks()[0];
  const close = () => {
    for (const t of stream?.getTracks() ?? []) t.stop();
    stream = undefined;
  };

  async function start(): Promise<void> {
    const mine = ++turn;
    close();
    try {
      const next = await ask(lens);
      if (stopped || mine !== turn) return stopStream(next);
      stream = next;
      const since = performance.now();
      track()?.addEventListener('ended', () => gone(mine, since));
      lens = track()?.getSettings().deviceId ?? lens;
      await show(video, next);
      options.onReady?.();
    } catch (why) {
      if (!stopped && mine === turn) options.onProblem(problemOf(why));
    }
  }

  // Unplugged, or taken by a phone call: another lens may be there. One that goes as soon as it comes is somebody else's.
  function gone(its: number, since: number): void {
    if (stopped || its !== turn || document.visibilityState !== 'visible') return;
    if (performance.now() - since > BRIEFLY) void start();
    else options.onProblem('busy');
  }

  async function watch(): Promise<void> {
    const grab = grabber(video);
    while (!stopped) {
      const frame = grab();
      const text = frame && (await reader.read(frame));
      if (text && !stopped) options.onText(text);
      await pause(BETWEEN);
    }
  }

  // A phone takes the camera away from a page that it puts aside.
  const back = () => {
    if (document.visibilityState !== 'visible' || stopped) return;
    if (track()?.readyState === 'live') void video.play().catch(() => undefined);
    else if (stream) void start();
  };
  document.addEventListener('visibilitychange', back);

  void start();
  watch().catch(() => {
    if (!stopped) options.onProblem('unreadable');
  });

  return {
    stop() {
      stopped = true;
      document.removeEventListener('visibilitychange', back);
      reader.end();
      close();
      video.srcObject = null;
    },
    hasTorch: () => (track()?.getCapabilities?.() as TorchCapabilities | undefined)?.torch === true,
    async setTorch(on) {
      const lamp = track();
      try {
        await lamp?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
      } catch {
        return !on; // it stays as it was, whatever the capabilities promised
      }
      return (lamp?.getSettings() as TorchSettings | undefined)?.torch ?? on;
    },
    async lenses() {
      const all = await navigator.mediaDevices.enumerateDevices();
      return all.filter((d) => d.kind === 'videoinput' && d.deviceId).map((d) => ({ id: d.deviceId, label: d.label }));
    },
    lens: () => lens,
    async choose(next) {
      lens = next;
      await start();
    },
  };
}

/** A picture that lasts no longer, in milliseconds, is not asked for again by itself. */
const BRIEFLY = 2000;
/** Milliseconds between two frames: a rest for an old phone, and not felt at a door. */
const BETWEEN = 40;
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** From 28 to 36 cm a code is read well at this size. */
const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } } as const;

/** Asks for the chosen lens, else for the one that the platform thinks looks away from the person: it knows which one can focus. */
async function ask(lens: string | undefined): Promise<MediaStream> {
  const media = navigator.mediaDevices;
  if (!media?.getUserMedia) throw new DOMException('no camera here', 'NotFoundError');
  if (lens) {
    try {
      return await media.getUserMedia({ video: { ...SIZE, deviceId: { exact: lens } }, audio: false });
    } catch (why) {
      if (!(why instanceof DOMException) || (why.name !== 'OverconstrainedError' && why.name !== 'NotFoundError')) throw why;
    }
  }
  return media.getUserMedia({ video: { ...SIZE, facingMode: 'environment' }, audio: false });
}

function stopStream(stream: MediaStream): void {
  for (const t of stream.getTracks()) t.stop();
}

async function show(video: HTMLVideoElement, stream: MediaStream): Promise<void> {
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play();
}

function problemOf(why: unknown): CameraProblem {
  switch (why instanceof Error ? why.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    default:
      return 'busy';
  }
}

/** A larger square costs time and reads no better. */
const MOST = 720;

/** Takes the centred square of each new frame; nothing while there is none. */
function grabber(video: HTMLVideoElement): () => ImageData | undefined {
  const canvas = document.createElement('canvas');
  const ink = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  let last = -1;
  return () => {
    if (!ink || video.readyState < 2 || video.currentTime === last || document.visibilityState !== 'visible') return undefined;
    last = video.currentTime;
    const from = Math.min(video.videoWidth, video.videoHeight);
    const side = Math.min(from, MOST);
    if (side === 0) return undefined;
    if (canvas.width !== side) {
      canvas.width = side;
      canvas.height = side;
    }
    ink.drawImage(video, (video.videoWidth - from) / 2, (video.videoHeight - from) / 2, from, from, 0, 0, side, side);
    return ink.getImageData(0, 0, side, side);
  };
}
