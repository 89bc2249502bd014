// What somebody without a pass here needs, fetched together.

export { default as Activate } from './screens/activate.tsx';
export { default as CameraScreen } from './screens/camera.tsx';
export { default as DigitsScreen } from './screens/digits.tsx';
export { default as Recover } from './screens/recover.tsx';
export { default as Waiting } from './waiting.tsx';
