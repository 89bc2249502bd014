import { nothingWrong } from './axe.ts';
import { journey } from './harness.ts';
import { PHONE } from './real.ts';
import { pastHolder, pastScanner } from './screens.ts';

const LONG = 240_000;

journey('axe finds nothing wrong with any screen of a holder', (j) => nothingWrong(j, pastHolder, PHONE), LONG);
journey('axe finds nothing wrong with any screen of a scanner', (j) => nothingWrong(j, pastScanner, PHONE), LONG);
