// Stands before the app in each frame of the stage. The app knows nothing of it: it sees a network that can be gone, a camera that sees
// what is held before it, and is otherwise what everybody gets.

import { keep } from '../../../../web/src/shared/db.ts';
import { takeCamera } from './camera.ts';
import { type Language, type Played, played, type Said, type Told } from './messages.ts';
import { isOn, switchNetwork, takeNetwork } from './network.ts';
import { codeShown, meaning, watchCode, watchDoor } from './watch.ts';

const mine = played(document.currentScript);
if (mine && parent !== window) play(mine);

function play({ part, stage }: Played): void {
  const say = (said: Said, hand: Transferable[] = []) => parent.postMessage({ part, said }, stage, hand);
  const picture = () => takePicture().then((taken) => taken && say(taken, [taken.image]));
  takeNetwork((answer) => {
    const said = meaning(part, answer);
    if (said) say(said);
  });
  const camera = part === 'venue' ? takeCamera((on) => say({ kind: 'camera', on })) : undefined;
  if (part === 'venue') watchDoor(say);
  if (part === 'holder') watchCode(say, () => void picture().then(openAgain));

  addEventListener('message', ({ origin, source, data }: MessageEvent<Told>) => {
    if (origin !== stage || source !== parent) return;
    switch (data.kind) {
      case 'network':
        switchNetwork(data.on);
        break;
      case 'open':
        openAgain();
        break;
      case 'look':
        void picture();
        break;
      case 'hold':
        camera?.hold(data.image);
        break;
      case 'away':
        camera?.away();
        break;
      case 'language':
        changeLanguage(data.language);
        break;
    }
  });
  say({ kind: 'here', online: isOn() });
}

async function takePicture(): Promise<Extract<Said, { kind: 'picture' }> | undefined> {
  const canvas = codeShown();
  return canvas && { kind: 'picture', image: await createImageBitmap(canvas), at: Date.now() };
}

/** The app shows a new code at once when it is opened again. So no door sees a code twice, nor the one in the picture but by that picture. */
const openAgain = () => void document.dispatchEvent(new Event('visibilitychange'));

/** Chooses in the app's own picker, as a person does; where there is none just now, for its next start. */
function changeLanguage(language: Language): void {
  const picker = document.querySelector<HTMLSelectElement>('.language select');
  if (!picker) return void keep('language', language);
  picker.value = language;
  picker.dispatchEvent(new Event('change', { bubbles: true }));
}
