import type { AgentState } from '@parley/contracts/room-protocol';
import type { LocalAudioTrack, RemoteAudioTrack } from 'livekit-client';
import type { VoiceState } from './agent-participant.ts';
import type { EndReason, MicrophoneFault, StartFault } from './call-state.ts';
import type { ToldLatency } from './reply-latency.ts';
import type { TranscriptEvent } from './transcript.ts';

/** What comes out of a room, in order; `joined` first and `closed` last. */
export type RoomNews =
  | { readonly type: 'joined' }
  | { readonly type: 'agentSeen'; readonly state: AgentState; readonly name: string }
  | { readonly type: 'agentGone' }
  /** Null where no agent is there. */
  | { readonly type: 'voiceStateChanged'; readonly voice: VoiceState | null }
  | { readonly type: 'agentTrackChanged'; readonly track: RemoteAudioTrack | null }
  | { readonly type: 'transcribed'; readonly event: TranscriptEvent }
  | { readonly type: 'latencyTold'; readonly told: ToldLatency }
  | { readonly type: 'noticeReceived'; readonly message: string }
  | { readonly type: 'connectionInterrupted' }
  | { readonly type: 'connectionRestored' }
  | { readonly type: 'microphoneLost'; readonly fault: MicrophoneFault }
  | { readonly type: 'microphoneOpened' }
  | { readonly type: 'microphoneMuted' }
  | { readonly type: 'soundBlocked' }
  | { readonly type: 'soundAllowed' }
  | { readonly type: 'closed'; readonly reason: EndReason };

export type MicrophoneOutcome =
  /** What is said until `wordsKeptUntilMs`, by the page's clock, reaches an agent that is yet to come; null: nothing does. */
  | { readonly kind: 'opened'; readonly track: LocalAudioTrack; readonly wordsKeptUntilMs: number | null }
  | { readonly kind: 'refused'; readonly fault: MicrophoneFault };

export type JoinOutcome =
  | { readonly kind: 'joined' }
  | {
      readonly kind: 'failed';
      readonly fault: Extract<StartFault, { kind: 'roomUnreachable' | 'mediaBlocked' }>;
    };

/** The page's side of one LiveKit room, for one call. */
export interface RoomLink {
  /** Lets the browser play sound. To be called inside a person's gesture. */
  unlockSound(): void;
  /**
   * Asks for the microphone; the first call in a page's life shows the browser's question. In a room it is published
   * at once, in the place of an earlier one. `deviceId` null is the system's default, which also stands in for a
   * device that is gone.
   */
  openMicrophone(options: {
    readonly deviceId: string | null;
    /** Not a sound of it leaves the page until it is unmuted. */
    readonly startsMuted: boolean;
  }): Promise<MicrophoneOutcome>;
  /** Goes on with another device in the same track. What fails comes as news. */
  switchMicrophone(options: { readonly deviceId: string | null }): Promise<void>;
  /** Joins and publishes the microphone, where one was opened. */
  join(access: { readonly serverUrl: string; readonly token: string }): Promise<JoinOutcome>;
  setMuted(isMuted: boolean): Promise<void>;
  /** Types to the agent. Rejects when it could not be sent. */
  sendChat(text: string): Promise<void>;
  /** Leaves and lets the microphone go. Safe to call at any time and twice; no news comes after it. */
  close(): void;
}

export type OpenRoomLink = (onNews: (news: RoomNews) => void) => RoomLink;
