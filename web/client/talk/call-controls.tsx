import { type RefObject, useEffect, useRef } from 'react';
import type { CallSession, CallView } from '../room/call-session.ts';
import { type CallState, isUsable } from '../room/call-state.ts';
import type { SoundMeter } from '../runtime/sound-meter.ts';
import { EndIcon, MicrophoneIcon, MutedIcon, SettingsIcon, SpeakerIcon } from './icons.tsx';
import { useLevel } from './use-level.ts';
import './call-controls.css';

/** The buttons of the call's phase. The keyboard's focus goes on to them when one takes the other's place. */
export function CallControls({
  view,
  session,
  meter,
  onStart,
  panel,
}: {
  readonly view: CallView;
  readonly session: CallSession;
  readonly meter: SoundMeter;
  readonly onStart: () => void;
  readonly panel: {
    readonly id: string;
    readonly isOpen: boolean;
    readonly onToggle: () => void;
    readonly button: RefObject<HTMLButtonElement | null>;
  };
}) {
  const { call } = view;
  const settings = (
    <button
      type="button"
      className="button settings"
      ref={panel.button}
      aria-expanded={panel.isOpen}
      aria-controls={panel.id}
      onClick={panel.onToggle}
    >
      <SettingsIcon />
      <span className="words">Sound settings</span>
    </button>
  );
  switch (call.phase) {
    case 'idle':
    case 'failed':
    case 'ended':
      return (
        <>
          <StartButton
            words={call.phase === 'ended' ? 'Call again' : 'Start call'}
            onPress={onStart}
            shouldFocus={call.phase !== 'idle'}
          />
          {settings}
        </>
      );
    case 'locked':
      return null;
    case 'starting':
    case 'returning':
      return <EndButton onPress={session.end} shouldFocus />;
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
            microphone={call.microphone}
            track={view.microphoneTrack?.mediaStreamTrack ?? null}
            meter={meter}
            onChange={session.setMuted}
          />
          <EndButton onPress={session.end} shouldFocus={false} />
          {settings}
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
  const button = useFocus(shouldFocus);
  return (
    <button type="button" className="button start" ref={button} onClick={onPress}>
      <MicrophoneIcon />
      {words}
    </button>
  );
}

function MuteButton({
  microphone,
  track,
  meter,
  onChange,
}: {
  readonly microphone: Extract<CallState, { phase: 'inRoom' }>['microphone'];
  readonly track: MediaStreamTrack | null;
  readonly meter: SoundMeter;
  readonly onChange: (isMuted: boolean) => void;
}) {
  const isOpen = microphone.kind === 'open';
  const canMute = isUsable(microphone);
  const button = useLevel<HTMLButtonElement>(meter, isOpen ? track : null);
  // Takes the focus that a button left which is gone; not the end of the call: a second press of the key that began it
  // must not end it.
  useEffect(() => {
    if (canMute && document.activeElement === document.body) button.current?.focus();
  }, [button, canMute]);
  return (
    <button
      type="button"
      className="button mute"
      ref={button}
      aria-pressed={microphone.kind === 'muted'}
      aria-keyshortcuts="M"
      data-reminds={microphone.kind === 'muted' && microphone.isSpeaking}
      disabled={!canMute}
      onClick={() => onChange(isOpen)}
    >
      {isOpen ? <MicrophoneIcon /> : <MutedIcon />}
      Mute
    </button>
  );
}

function EndButton({
  onPress,
  shouldFocus,
}: {
  readonly onPress: () => void;
  readonly shouldFocus: boolean;
}) {
  const button = useFocus(shouldFocus);
  return (
    <button type="button" className="button end" ref={button} aria-keyshortcuts="Shift+E" onClick={onPress}>
      <EndIcon />
      End call
    </button>
  );
}

function useFocus(shouldFocus: boolean): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (shouldFocus) button.current?.focus();
  }, [shouldFocus]);
  return button;
}
