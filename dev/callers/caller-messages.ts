import type { KeptSound } from '@parley/agent/audio/kept-sound';

/**
 * What a test and its caller process tell each other. Every `atMs` is CLOCK_MONOTONIC in ms: the same clock
 * in every process of one machine.
 */
export type ToCaller =
  | {
      readonly type: 'join';
      readonly url: string;
      readonly token: string;
      readonly microphoneRateHz: number;
      readonly announcesKeptSound: boolean;
      readonly tellsItsEar: boolean;
    }
  | {
      readonly type: 'say';
      readonly requestId: number;
      readonly samples: Int16Array;
      readonly sampleRateHz: number;
    }
  | { readonly type: 'setBackground'; readonly requestId: number; readonly background: CallerBackground }
  | { readonly type: 'sendChat'; readonly requestId: number; readonly text: string }
  | {
      readonly type: 'sendKeptSound';
      readonly requestId: number;
      readonly sound: KeptSound;
      /** Default: the microphone's. */
      readonly trackSid?: string;
    }
  | { readonly type: 'publishVideo'; readonly requestId: number }
  | { readonly type: 'leave' };

/** What is heard at a caller's microphone beside the caller. */
export type CallerBackground =
  | { readonly kind: 'none' }
  /** The same sound over and over. */
  | { readonly kind: 'sound'; readonly samples: Int16Array; readonly sampleRateHz: number }
  /** A loudspeaker: what reaches the ear comes back so much later, in ms, and so much louder or softer, in dB. */
  | { readonly kind: 'echo'; readonly afterMs: number; readonly gainDb: number };

export type FromCaller =
  | { readonly type: 'joined'; readonly identity: string; readonly roomSid: string; readonly atMs: number }
  | { readonly type: 'joinFailed'; readonly message: string }
  /** A request was carried out. */
  | { readonly type: 'done'; readonly requestId: number; readonly said: Said | null }
  | { readonly type: 'failed'; readonly requestId: number; readonly message: string }
  | { readonly type: 'participantJoined'; readonly participant: SeenParticipant; readonly atMs: number }
  | { readonly type: 'participantLeft'; readonly identity: string; readonly atMs: number }
  | {
      readonly type: 'attributesChanged';
      readonly identity: string;
      /** All of them, as they stand. */
      readonly attributes: Readonly<Record<string, string>>;
      readonly atMs: number;
    }
  | { readonly type: 'heard'; readonly identity: string; readonly frames: readonly HeardFrame[] }
  | {
      readonly type: 'textOpened';
      readonly streamId: string;
      readonly topic: string;
      readonly identity: string;
      readonly attributes: Readonly<Record<string, string>>;
      readonly atMs: number;
    }
  | { readonly type: 'textDelta'; readonly streamId: string; readonly text: string; readonly atMs: number }
  | {
      readonly type: 'textClosed';
      readonly streamId: string;
      readonly isWhole: boolean;
      readonly atMs: number;
    }
  | { readonly type: 'disconnected'; readonly reason: string; readonly atMs: number };

/** When what was said left the microphone, for the encoder. */
export interface Said {
  readonly firstSampleAtMs: number;
  readonly lastSampleAtMs: number;
}

export interface SeenParticipant {
  readonly identity: string;
  readonly kind: 'standard' | 'agent' | 'sip' | 'other';
  readonly attributes: Readonly<Record<string, string>>;
}

/** 10 ms of mono sound as it reached the ear. */
export interface HeardFrame {
  readonly samples: Int16Array;
  readonly arrivedAtMs: number;
}

/** Rate at which a caller hears, in Hz. */
export const EAR_RATE_HZ = 48_000;
