import { useId, useRef, useState } from 'react';
import { type CallState, isUsable } from '../room/call-state.ts';
import { Masthead } from '../shell/masthead.tsx';
import { AccessKeyForm } from './access-key-form.tsx';
import { AgentOrb } from './agent-orb.tsx';
import { AgentPicker } from './agent-picker.tsx';
import { CallControls } from './call-controls.tsx';
import { announcement, callWords, clockTime, shownDurationMs } from './call-words.ts';
import { calleeOf } from './callee.ts';
import { Composer } from './composer.tsx';
import { DeviceNewsLine } from './device-news.tsx';
import { MicrophoneCard } from './microphone-card.tsx';
import { SoundPanel } from './sound-panel.tsx';
import { StageLine } from './stage-line.tsx';
import type { Talk } from './talk.ts';
import { TranscriptLog } from './transcript-log.tsx';
import { useEscape } from './use-escape.ts';
import { useNow } from './use-now.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useStore } from './use-store.ts';
import './talk-view.css';

/** Whether single keys act in a call, as the person chose it. */
const KEPT_KEYS = 'keys';

/**
 * A person's talk with an agent, whole: before, in and after the call. `page` fills the window and says what runs;
 * `embed` fills the frame that another site gave it.
 */
export function TalkView({ talk, frame }: { readonly talk: Talk; readonly frame: 'page' | 'embed' }) {
  const { session, roster, clock, kept, meter } = talk;
  const view = useStore(session);
  const rosterView = useStore(roster);
  const { call, transcript, agentTrack } = view;
  const callee = calleeOf(rosterView);
  const nowMs = useNow(clock, call.phase === 'starting' || call.phase === 'inRoom');
  const durationMs = shownDurationMs(call, nowMs);
  const { title, detail } = callWords(call, callee, nowMs);
  const hasTalk = call.phase === 'inRoom' || transcript.length > 0;

  const chatField = useRef<HTMLTextAreaElement>(null);
  const panelButton = useRef<HTMLButtonElement>(null);
  const panelId = useId();
  const [isPanelOpen, setPanelOpen] = useState(false);
  const [areKeysOn, setKeysOn] = useState(() => kept.get(KEPT_KEYS) !== 'off');
  const keepKeys = (isOn: boolean) => {
    kept.set(KEPT_KEYS, isOn ? null : 'off');
    setKeysOn(isOn);
  };
  const microphone = call.phase === 'inRoom' ? call.microphone : null;
  const canMute = microphone?.kind === 'open' || microphone?.kind === 'muted';
  useShortcuts(
    {
      toggleMute: canMute ? () => session.setMuted(microphone.kind === 'open') : null,
      focusChat: call.phase === 'inRoom' ? () => chatField.current?.focus() : null,
      endCall: call.phase === 'inRoom' ? session.end : null,
    },
    areKeysOn,
  );
  useEscape(isPanelOpen, () => {
    setPanelOpen(false);
    panelButton.current?.focus();
  });

  return (
    <div className="talk" data-phase={call.phase} data-has-talk={hasTalk} data-frame={frame}>
      {frame === 'page' && <Masthead page="talk" />}
      <main id="page">
        <section className="state" data-tone={tone(call)} aria-label="Call">
          <AgentOrb call={call} track={agentTrack} meter={meter} />
          <div className="state-words">
            {call.phase !== 'idle' && (
              <p className="callee">
                {callee.title && <span>{callee.title}</span>}
                {durationMs !== null && <time aria-hidden="true">{clockTime(durationMs)}</time>}
              </p>
            )}
            <h1>{title}</h1>
            {detail && <p className="detail">{detail}</p>}
          </div>
        </section>
        <p className="visually-hidden" role="status">
          {announcement(call, callee, nowMs)}
        </p>
        <div className="aside">
          {isOver(call) && <AgentPicker roster={roster} view={rosterView} />}
          {call.phase === 'locked' && <AccessKeyForm check={call.check} onSubmit={session.submitAccessKey} />}
          {(microphone?.kind === 'refused' || microphone?.kind === 'lost') && (
            <MicrophoneCard fault={microphone.fault} onRetry={session.retryMicrophone} />
          )}
          <DeviceNewsLine devices={talk.devices} />
        </div>
        {hasTalk && (
          <section className="sheet" aria-label="Conversation">
            <TranscriptLog
              segments={transcript}
              latencies={view.latencies}
              emptyWords={emptyWords(call)}
              onResend={call.phase === 'inRoom' ? session.resendChat : null}
            />
            {call.phase === 'inRoom' && <Composer field={chatField} onSend={session.sendChat} />}
          </section>
        )}
        <div className="controls">
          <CallControls
            view={view}
            session={session}
            meter={meter}
            onStart={() => session.start(rosterView.chosen)}
            panel={{
              id: panelId,
              isOpen: isPanelOpen,
              onToggle: () => setPanelOpen(!isPanelOpen),
              button: panelButton,
            }}
          />
          <div id={panelId} className="panel-place">
            {isPanelOpen && (
              <SoundPanel talk={talk} view={view} shortcuts={{ isOn: areKeysOn, onChange: keepKeys }} />
            )}
          </div>
        </div>
      </main>
      {frame === 'page' && (
        <footer>
          <StageLine fetchStages={talk.fetchStages} />
        </footer>
      )}
    </div>
  );
}

/** What stands in the place of a talk that has not begun. */
function emptyWords(call: CallState): string {
  const isTyping = call.phase === 'inRoom' && !isUsable(call.microphone);
  return isTyping ? 'Type a message to begin.' : 'What you and the agent say appears here.';
}

/** No call runs or is about to: another agent may be chosen. */
function isOver(call: CallState): boolean {
  return call.phase === 'idle' || call.phase === 'failed' || call.phase === 'ended';
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
