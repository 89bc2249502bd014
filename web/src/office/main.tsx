import { auditWords } from '../shared/audit/words.ts';
import { usePath } from '../shared/route.ts';
import { Gate } from '../shared/signin/gate.tsx';
import { InvitationPage } from '../shared/signin/invitation.tsx';
import { signInWords } from '../shared/signin/words.ts';
import { start } from '../shared/start.tsx';
import { Shell } from './shell.tsx';
import { words } from './words.ts';

function App() {
  if (usePath() === '/invitation') return <InvitationPage />;
  return (
    <Gate app="office">
      <Shell />
    </Gate>
  );
}

void start({ words, also: [signInWords, auditWords], App, keep: 'office' });
