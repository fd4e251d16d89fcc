import type { KeptSound } from '@parley/agent/audio/kept-sound';

/**
 * What a test and a process of callers tell each other. Every `atMs` is CLOCK_MONOTONIC in ms: the same clock
 * in every process of one machine. `callerId` is the test's number for a caller of that process.
 */
export interface ToCallers {
  readonly callerId: number;
  readonly message: ToCaller;
}

/** What was to be told since the last batch, in order. */
export type FromCallers = readonly { readonly callerId: number; readonly message: FromCaller }[];

export type ToCaller = Join | CallerRequest | { readonly type: 'leave' };

export interface Join {
  readonly type: 'join';
  readonly url: string;
  readonly token: string;
  readonly microphoneRateHz: number;
  readonly announcesKeptSound: boolean;
  readonly tellsItsEar: boolean;
}

/** Answered by `done` or `failed` with the same `requestId`. */
export type CallerRequest = CallerTask & { readonly requestId: number };

export type CallerTask =
  | { readonly type: 'say'; readonly samples: Int16Array; readonly sampleRateHz: number }
  | { readonly type: 'setBackground'; readonly background: CallerBackground }
  | { readonly type: 'sendChat'; readonly text: string }
  | {
      readonly type: 'sendKeptSound';
      readonly sound: KeptSound;
      /** Default: the microphone's. */
      readonly trackSid?: string;
    }
  | { readonly type: 'publishVideo' }
  /** What was heard of somebody in [fromMs, toMs). */
  | { readonly type: 'recall'; readonly identity: string; readonly fromMs: number; readonly toMs: number };

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
  | { readonly type: 'done'; readonly requestId: number; readonly answer: CallerAnswer }
  | { readonly type: 'failed'; readonly requestId: number; readonly message: string }
  /** The last that a caller tells: it has left its room and nothing is kept of it. */
  | { readonly type: 'left' }
  | RoomNews;

export type CallerAnswer =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'said'; readonly said: Said }
  /** Mono, at `EAR_RATE_HZ`. */
  | { readonly kind: 'recalled'; readonly samples: Int16Array };

/** What happens in the room. */
export type RoomNews =
  | { readonly type: 'participantJoined'; readonly participant: SeenParticipant; readonly atMs: number }
  | { readonly type: 'participantLeft'; readonly identity: string; readonly atMs: number }
  | {
      readonly type: 'attributesChanged';
      readonly identity: string;
      /** All of them, as they stand. */
      readonly attributes: Readonly<Record<string, string>>;
      readonly atMs: number;
    }
  | {
      readonly type: 'heard';
      readonly identity: string;
      /** Where it was louder than `SOUND_DB` since the last of these messages. */
      readonly loud: readonly SoundInterval[];
      /** When the last frame came. */
      readonly untilMs: number;
    }
  | TextNews
  | { readonly type: 'disconnected'; readonly reason: string; readonly atMs: number };

/** What happens to a text stream. */
export type TextNews =
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
    };

/** When what was said left the microphone, for the encoder. */
export interface Said {
  readonly firstSampleAtMs: number;
  readonly lastSampleAtMs: number;
  /** How much later than planned each frame was given to the track, in ms. */
  readonly frameLatenessMs: readonly number[];
  /**
   * The least sound that still waited in the track when one of the frames after the first was given, in ms: at
   * 0 there may be a hole. Infinity where all of it was one frame.
   */
  readonly leastQueuedMs: number;
}

/** A stretch of sound at the ear, in CLOCK_MONOTONIC ms. */
export interface SoundInterval {
  readonly onsetAtMs: number;
  readonly offsetAtMs: number;
}

export interface SeenParticipant {
  readonly identity: string;
  readonly kind: 'standard' | 'agent' | 'sip' | 'other';
  readonly attributes: Readonly<Record<string, string>>;
}

/** Rate at which a caller hears, in Hz. */
export const EAR_RATE_HZ = 48_000;
