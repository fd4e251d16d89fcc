import type { CallSession } from '../room/call-session.ts';
import type { CallState } from '../room/call-state.ts';
import type { StageInUse } from '../room/stages.ts';
import type { Clock } from '../runtime/clock.ts';
import { AccessKeyForm } from './access-key-form.tsx';
import { AgentOrb } from './agent-orb.tsx';
import { CallControls } from './call-controls.tsx';
import { announcement, callWords, clockTime } from './call-words.ts';
import { StageLine } from './stage-line.tsx';
import { TranscriptLog } from './transcript-log.tsx';
import { useCallView } from './use-call-view.ts';
import { useNow } from './use-now.ts';
import './talk-screen.css';

/** The page on which a person talks with an agent. */
export function TalkScreen({
  session,
  clock,
  fetchStages,
}: {
  readonly session: CallSession;
  readonly clock: Clock;
  readonly fetchStages: () => Promise<StageInUse[]>;
}) {
  const { call, transcript, agentTrack } = useCallView(session);
  const nowMs = useNow(clock, call.phase === 'inRoom');
  const { title, detail } = callWords(call, nowMs);
  const hasTalk = call.phase === 'inRoom' || transcript.length > 0;
  return (
    <div className="talk" data-phase={call.phase} data-has-talk={hasTalk}>
      <header className="masthead">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        Parley
      </header>
      <main>
        <section className="state" data-tone={tone(call)}>
          <AgentOrb call={call} track={agentTrack} />
          <div className="state-words">
            <h1>{title}</h1>
            {detail && <p className="detail">{detail}</p>}
          </div>
          {call.phase === 'inRoom' && (
            <time className="elapsed" aria-hidden="true">
              {clockTime(Math.max(0, nowMs - call.joinedAtMs))}
            </time>
          )}
        </section>
        <p className="visually-hidden" role="status">
          {announcement(call, nowMs)}
        </p>
        {hasTalk && <TranscriptLog segments={transcript} />}
        {call.phase === 'locked' && <AccessKeyForm check={call.check} onSubmit={session.submitAccessKey} />}
        <div className="controls">
          <CallControls call={call} session={session} />
        </div>
      </main>
      <footer>
        <StageLine fetchStages={fetchStages} />
      </footer>
    </div>
  );
}

/** How much the state asks of the person. */
function tone(call: CallState): 'calm' | 'caution' | 'trouble' {
  switch (call.phase) {
    case 'failed':
      return 'trouble';
    case 'ended':
      return call.reason === 'you' || call.reason === 'agent' ? 'calm' : 'caution';
    case 'inRoom':
      if (call.connection === 'reconnecting' || call.notice !== null || call.agent.kind === 'lost')
        return 'caution';
      return call.microphone.kind === 'open' ? 'calm' : 'caution';
    default:
      return 'calm';
  }
}
