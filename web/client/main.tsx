import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config as configureZod } from 'zod';
import { submitAccessKey } from './room/access-key.ts';
import { createCallSession } from './room/call-session.ts';
import { createLiveKitRoomLink } from './room/livekit-room-link.ts';
import { fetchStages } from './room/stages.ts';
import { requestToken } from './room/token-request.ts';
import { createBrowserClock } from './runtime/clock.ts';
import { TalkScreen } from './talk/talk-screen.tsx';
import './theme.css';

// The page's content security policy forbids making code from text, which zod would try for speed.
configureZod({ jitless: true });

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');

const agentSpeaker = document.createElement('audio');
document.body.append(agentSpeaker);

const { fetch } = window;
const clock = createBrowserClock();
const session = createCallSession({
  clock,
  openRoomLink: (onNews) => createLiveKitRoomLink({ agentSpeaker, onNews }),
  requestToken: ({ signal }) => requestToken({ fetch, signal }),
  submitAccessKey: ({ key }) => submitAccessKey({ fetch, key }),
});

createRoot(root).render(
  <StrictMode>
    <TalkScreen session={session} clock={clock} fetchStages={() => fetchStages({ fetch })} />
  </StrictMode>,
);
