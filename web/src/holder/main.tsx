import { start } from '../shared/start.tsx';
import { Header, Screen } from '../shared/ui/ui.tsx';
import { t, words } from './words.ts';

function App() {
  return (
    <>
      <Header />
      <Screen title={t('title')} />
    </>
  );
}

void start({ words, App, keep: 'holder' });
