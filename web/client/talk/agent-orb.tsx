import type { RemoteAudioTrack } from 'livekit-client';
import type { CSSProperties } from 'react';
import type { CallState } from '../room/call-state.ts';
import type { SoundMeter } from '../runtime/sound-meter.ts';
import { useLevel } from './use-level.ts';
import './agent-orb.css';

/** How each bar answers to the voice, from left to right: a still wave that the level swells. */
const BARS = [0.45, 0.8, 1, 0.7, 0.4];

/** The agent's state as a picture; the words beside it say the same, so readers skip it. */
export function AgentOrb({
  call,
  track,
  meter,
}: {
  readonly call: CallState;
  readonly track: RemoteAudioTrack | null;
  readonly meter: SoundMeter;
}) {
  const orb = useLevel<HTMLDivElement>(meter, track?.mediaStreamTrack ?? null);
  return (
    <div className="orb" data-mood={mood(call)} ref={orb} aria-hidden="true">
      {BARS.map((reach) => (
        <span key={reach} style={{ '--reach': reach } as CSSProperties} />
      ))}
    </div>
  );
}

type Mood = 'resting' | 'waiting' | 'listening' | 'thinking' | 'speaking' | 'troubled';

function mood(call: CallState): Mood {
  switch (call.phase) {
    case 'idle':
    case 'ended':
    case 'locked':
      return 'resting';
    case 'starting':
    case 'returning':
      return 'waiting';
    case 'failed':
      return 'troubled';
    case 'inRoom':
      if (call.connection === 'reconnecting' || call.notice !== null) return 'troubled';
      if (call.agent.kind !== 'present') return 'waiting';
      switch (call.agent.state) {
        case 'initializing':
          return 'waiting';
        case 'idle':
          return 'listening';
        default:
          return call.agent.state;
      }
  }
}
