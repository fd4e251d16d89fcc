import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openTalk } from '../open-talk.ts';
import { TalkView } from '../talk/talk-view.tsx';
import { forceTheme } from './force-theme.ts';
import { createFrameHost, reportCalls } from './frame-host.ts';
import { readTheme } from './frame-messages.ts';
import '../theme.css';
import './embed.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');

const { searchParams, hash } = new URL(window.location.href);
const agent = searchParams.get('agent');
forceTheme(document, readTheme(searchParams.get('theme')));

const host = createFrameHost({
  frame: window,
  origin: new URLSearchParams(hash.slice(1)).get('from') ?? '',
});
const talk = openTalk({ openedFor: { kind: 'only', name: agent }, endsWithPage: true });
reportCalls(talk.session, host);
host.onOrder((order) => {
  if (order.type === 'parley-call:end') talk.session.end();
  else forceTheme(document, order.theme);
});
new ResizeObserver(() => host.tell({ type: 'parley-call:sized', heightPx: root.scrollHeight })).observe(root);

createRoot(root).render(
  <StrictMode>
    <TalkView talk={talk} frame="embed" />
  </StrictMode>,
);
// The press on the element's button is the person's gesture, which the frame's permission to play sound stands for.
talk.session.start(agent);
