import { nothingWrong } from './axe.ts';
import { journey } from './harness.ts';
import { DESKTOP } from './real.ts';
import { pastCoordinator, pastDesk, pastManager, pastNational } from './screens.ts';

const LONG = 240_000;

journey('axe finds nothing wrong with any screen of a worker', (j) => nothingWrong(j, pastDesk, DESKTOP), LONG);
journey('axe finds nothing wrong with any screen of a manager', (j) => nothingWrong(j, pastManager, DESKTOP), LONG);
journey('axe finds nothing wrong with any screen of a coordinator', (j) => nothingWrong(j, pastCoordinator, DESKTOP), LONG);
journey('axe finds nothing wrong with any screen of who runs all networks', (j) => nothingWrong(j, pastNational, DESKTOP), LONG);
