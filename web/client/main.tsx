import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openTalk } from './open-talk.ts';
import { App } from './shell/app.tsx';
import { createNavigation } from './shell/navigation.ts';
import { ShellContext } from './shell/shell-context.ts';
import './theme.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');

const named = new URL(window.location.href).searchParams.get('agent');
const talk = openTalk({ openedFor: named ? { kind: 'named', name: named } : { kind: 'anyone' } });

const shell = { navigation: createNavigation(window), session: talk.session, clock: talk.clock };

createRoot(root).render(
  <StrictMode>
    <ShellContext value={shell}>
      <App talk={talk} />
    </ShellContext>
  </StrictMode>,
);
