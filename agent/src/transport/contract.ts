import type { ReplyLatency } from '@parley/contracts/call-record';
import type { ParticipantId } from '@parley/contracts/ids';
import type { ProvidersWish } from '@parley/contracts/provider-choice';
import type { AgentState } from '@parley/contracts/room-protocol';
import type { KeptSound } from '../audio/kept-sound.ts';
import type { AudioSink } from '../playout/contract.ts';

/** Our side of one LiveKit room: what came in as events, what goes out as calls. */
export interface RoomConnection {
  /** The agent's published microphone track. */
  readonly sink: AudioSink;
  /** Ends after `closed`. One consumer. */
  readonly events: AsyncIterable<RoomEvent>;
  /** Takes each 32 ms block (512 samples at 16 kHz) of each human's microphone, in order. Set before events are read. */
  onAudio(listener: (participantId: ParticipantId, samples: Int16Array) => void): void;
  setAgentState(state: AgentState): void;
  setAttributes(attributes: Readonly<Record<string, string>>): void;
  /** The whole text of a person's utterance so far, under the person's identity. */
  publishUserTranscript(update: {
    readonly participantId: ParticipantId;
    readonly segmentId: string;
    readonly text: string;
    readonly isFinal: boolean;
  }): void;
  /** Words of the agent that were just heard; opens the segment at its first delta. */
  appendAgentTranscript(update: { readonly segmentId: string; readonly delta: string }): void;
  /** No word of the segment follows. `unheard`: what was cut from its end. */
  closeAgentTranscript(update: {
    readonly segmentId: string;
    readonly isInterrupted: boolean;
    readonly unheard: string;
  }): void;
  /** Sends one participant a message of the topic `lk.agent.session`. */
  sendSessionMessage(participantId: ParticipantId, bytes: Uint8Array): void;
  /** Tells everybody how long an answer took; of the same answer, the latest counts. */
  publishReplyLatency(latency: ReplyLatency): void;
  /** Deletes the room, which ends the call for everyone. */
  deleteRoom(): Promise<void>;
  /** Leaves. Safe to call twice; resolves when the connection is gone. */
  close(): Promise<void>;
}

export type ParticipantKind = 'standard' | 'sip' | 'connector';

export type RoomEvent =
  | {
      readonly type: 'participantJoined';
      readonly participantId: ParticipantId;
      readonly kind: ParticipantKind;
      readonly name: string;
    }
  /** The person receives our track: it was subscribed to (on the phone: and the call is active, 250 ms ago). */
  | { readonly type: 'participantListening'; readonly participantId: ParticipantId }
  /**
   * `left` by their own wish; `removed` by an operator; `lost`: the network dropped, they may return, and are told as
   * joined again then. A `left` of a browser comes 1.5 s after the goodbye, for a client that rebuilds its connection
   * says one too; their microphone is closed at once.
   */
  | {
      readonly type: 'participantLeft';
      readonly participantId: ParticipantId;
      readonly reason: 'left' | 'removed' | 'lost';
    }
  | { readonly type: 'microphoneOpened'; readonly participantId: ParticipantId }
  | { readonly type: 'microphoneClosed'; readonly participantId: ParticipantId }
  | { readonly type: 'chatReceived'; readonly participantId: ParticipantId; readonly text: string }
  /** A microphone whose page kept what was said before we came, and will send it. Told before it opens. */
  | { readonly type: 'preConnectAnnounced'; readonly participantId: ParticipantId }
  | { readonly type: 'preConnectBegun'; readonly participantId: ParticipantId }
  /** The announced sound, as it came. One a track; where it cannot be taken, `inputRefused` comes in its place. */
  | {
      readonly type: 'preConnectReceived';
      readonly participantId: ParticipantId;
      readonly sound: KeptSound;
      readonly lastByteAtMs: number;
    }
  /** How long sound takes to this person and back to us, in ms: see `estimateTransport`. Who cannot tell is not told of. */
  | {
      readonly type: 'transportMeasured';
      readonly participantId: ParticipantId;
      readonly toEarMs: number;
      readonly fromMouthMs: number;
    }
  /** The server commands it. */
  | { readonly type: 'recordingRequested'; readonly state: 'on' | 'paused' }
  /** The server commands it. */
  | { readonly type: 'providersAsked'; readonly wanted: ProvidersWish }
  /** A message of LiveKit's debug clients: bytes of `AgentSessionMessage`, whoever sent them. */
  | {
      readonly type: 'sessionMessageReceived';
      readonly participantId: ParticipantId;
      readonly bytes: Uint8Array;
    }
  /** Something was sent that we do not take; nothing else is touched by it. */
  | {
      readonly type: 'inputRefused';
      readonly participantId: ParticipantId;
      readonly what: 'video' | 'chat_too_long' | 'chat_not_text' | 'pre_connect_audio';
      readonly message: string;
    }
  | { readonly type: 'reconnecting' }
  | { readonly type: 'reconnected' }
  /** `evicted`: another process joined under our identity; it holds the call now and we never come back. */
  | { readonly type: 'closed'; readonly reason: 'closed_by_us' | 'evicted' | 'room_deleted' | 'lost' };

export type JoinErrorCode = 'refused' | 'unreachable' | 'timeout';

/** The room could not be joined. */
export class JoinError extends Error {
  override readonly name = 'JoinError';
  readonly code: JoinErrorCode;
  constructor(code: JoinErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type TransportErrorCode = 'bad_frame' | 'bad_rate' | 'track_closed';

/** Sound that the track cannot take; caught before native code, which would end the process. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportErrorCode;
  constructor(code: TransportErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
