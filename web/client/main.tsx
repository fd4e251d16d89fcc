import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openTalk } from './open-talk.ts';
import { TalkView } from './talk/talk-view.tsx';
import './theme.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');

const named = new URL(window.location.href).searchParams.get('agent');
const talk = openTalk({ openedFor: named ? { kind: 'named', name: named } : { kind: 'anyone' } });

createRoot(root).render(
  <StrictMode>
    <TalkView talk={talk} frame="page" />
  </StrictMode>,
);
