// The stage: three phones on one page, and seven steps to follow.

import { render } from 'preact';
import './stage.css';
import { type About, Stage } from './stage.tsx';

const at = document.getElementById('stage');
if (at) render(<Stage about={JSON.parse(at.dataset.about ?? '{}') as About} />, at);
