import { after, usePath } from '../shared/route.ts';
import { start } from '../shared/start.tsx';
import { AccountScreen } from '../shared/signin/account.tsx';
import { Gate } from '../shared/signin/gate.tsx';
import { WorkHeader } from '../shared/signin/header.tsx';
import { signInWords } from '../shared/signin/words.ts';
import { Screen } from '../shared/ui/ui.tsx';
import { t, words } from './words.ts';

function App() {
  return <Gate app="desk"><Inside/></Gate>;
}
function Inside() {
  const path = usePath();
  return <><WorkHeader account="/desk/account" />{path === '/desk/account' ? <AccountScreen back="/desk" /> : <Screen title={t('title')} ><p>{after('/x', path)}</p></Screen>}</>;
}

void start({ words, also: [signInWords], App, keep: 'desk' });
