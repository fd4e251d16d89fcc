import { useEffect, useRef } from 'react';
import type { CallSession } from '../room/call-session.ts';
import type { CallState } from '../room/call-state.ts';
import { EndIcon, MicrophoneIcon, MutedIcon, SpeakerIcon } from './icons.tsx';
import './call-controls.css';

/** The buttons of the call's phase. The keyboard's focus stays on them when one takes the other's place. */
export function CallControls({ call, session }: { readonly call: CallState; readonly session: CallSession }) {
  switch (call.phase) {
    case 'idle':
    case 'failed':
    case 'ended':
      return (
        <StartButton
          words={call.phase === 'ended' ? 'Call again' : 'Start call'}
          onPress={session.start}
          shouldFocus={call.phase !== 'idle'}
        />
      );
    case 'locked':
      return null;
    case 'starting':
      return <EndButton onPress={session.end} />;
    case 'inRoom':
      return (
        <>
          {call.isSoundBlocked && (
            <button type="button" className="button sound" onClick={session.unlockSound}>
              <SpeakerIcon />
              Turn on sound
            </button>
          )}
          <MuteButton
            isMuted={call.microphone.kind !== 'open'}
            isLost={call.microphone.kind === 'lost'}
            onChange={session.setMuted}
          />
          <EndButton onPress={session.end} />
        </>
      );
  }
}

function StartButton({
  words,
  onPress,
  shouldFocus,
}: {
  readonly words: string;
  readonly onPress: () => void;
  readonly shouldFocus: boolean;
}) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (shouldFocus) button.current?.focus();
  }, [shouldFocus]);
  return (
    <button type="button" className="button start" ref={button} onClick={onPress}>
      <MicrophoneIcon />
      {words}
    </button>
  );
}

function MuteButton({
  isMuted,
  isLost,
  onChange,
}: {
  readonly isMuted: boolean;
  readonly isLost: boolean;
  readonly onChange: (isMuted: boolean) => void;
}) {
  return (
    <button
      type="button"
      className="button mute"
      data-muted={isMuted}
      disabled={isLost}
      onClick={() => onChange(!isMuted)}
    >
      {isMuted ? <MutedIcon /> : <MicrophoneIcon />}
      {isMuted ? 'Unmute' : 'Mute'}
    </button>
  );
}

function EndButton({ onPress }: { readonly onPress: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <button type="button" className="button end" ref={button} onClick={onPress}>
      <EndIcon />
      End call
    </button>
  );
}
