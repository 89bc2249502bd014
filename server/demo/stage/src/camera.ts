// A camera that sees what the stage holds before it. It takes the place of the real one, so that the pixels of the holder's phone reach
// the app's own decoder as a picture that moves a little, as a picture in a hand does.

const WIDTH = 1280;
const HEIGHT = 720;
const FRAME = 80; // milliseconds
/** The side of the code in the picture, in pixels: a phone at arm's length. */
const SIDE = 430;
const LENS = 'stage';

export interface Camera {
  hold(image: ImageBitmap): void;
  away(): void;
}

/** Takes the place of the camera, and tells when it is switched on and off. */
export function takeCamera(changed: (on: boolean) => void): Camera {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const ink = canvas.getContext('2d', { alpha: false });
  let held: ImageBitmap | undefined;
  let timer: number | undefined;
  let running = 0;

  function begin(): void {
    if (++running > 1) return;
    timer = setInterval(() => ink && draw(ink, held), FRAME);
    changed(true);
  }

  function end(): void {
    if (--running > 0) return;
    clearInterval(timer);
    changed(false);
  }

  const media = navigator.mediaDevices;
  media.getUserMedia = async () => {
    if (ink) draw(ink, held);
    const stream = canvas.captureStream(1000 / FRAME);
    for (const track of stream.getVideoTracks()) attend(track, end);
    begin();
    return stream;
  };
  media.enumerateDevices = async () => [lens];
  const ask = navigator.permissions?.query.bind(navigator.permissions);
  if (ask) {
    navigator.permissions.query = async (what) =>
      (what.name as string) === 'camera'
        ? Object.assign(new EventTarget(), { name: 'camera', state: 'granted' as const, onchange: null })
        : ask(what);
  }
  return {
    hold(image) {
      held?.close();
      held = image;
    },
    away() {
      held?.close();
      held = undefined;
    },
  };
}

const lens: MediaDeviceInfo = { deviceId: LENS, groupId: LENS, kind: 'videoinput', label: '', toJSON: () => ({}) };

/** Notices when a page switches the camera off, once. */
function attend(track: MediaStreamTrack, ended: () => void): void {
  const stop = track.stop.bind(track);
  track.stop = () => {
    if (track.readyState === 'live') ended();
    stop();
  };
}

/** A dim foyer, and in it the phone with the code, if one is held up. */
function draw(ink: CanvasRenderingContext2D, held: ImageBitmap | undefined): void {
  const light = ink.createRadialGradient(WIDTH / 2, HEIGHT / 3, 60, WIDTH / 2, HEIGHT / 2, WIDTH / 1.6);
  light.addColorStop(0, '#6b6257');
  light.addColorStop(1, '#211d18');
  ink.fillStyle = light;
  ink.fillRect(0, 0, WIDTH, HEIGHT);
  if (!held) return;
  const t = performance.now() / 1000;
  ink.save();
  ink.translate(WIDTH / 2 + 6 * Math.sin(t * 1.7), HEIGHT / 2 + 5 * Math.sin(t * 2.3));
  ink.rotate(0.03 * Math.sin(t * 1.3));
  ink.fillStyle = '#0d0c0a';
  ink.fillRect(-SIDE / 2 - 26, -HEIGHT, SIDE + 52, HEIGHT * 2);
  ink.fillStyle = '#fff';
  ink.fillRect(-SIDE / 2 - 8, -SIDE / 2 - 8, SIDE + 16, HEIGHT);
  ink.drawImage(held, -SIDE / 2, -SIDE / 2, SIDE, SIDE);
  ink.restore();
}
