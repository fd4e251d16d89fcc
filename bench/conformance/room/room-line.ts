import type { AudioFrame } from '@parley/agent/audio/frame';

/** A caller's side of a room: a mouth, an ear, and what is told in text. Instants are of one monotonic clock, in ms. */
export interface RoomLine {
  nowMs(): number;
  /** Resolves when the last sample has left the microphone. */
  say(sound: AudioFrame): Promise<{ readonly firstSampleAtMs: number; readonly lastSampleAtMs: number }>;
  /** Stretches of the agent's sound louder than -45 dBFS that end after `sinceMs`, in order. */
  heardSince(sinceMs: number): readonly { readonly onsetAtMs: number; readonly offsetAtMs: number }[];
  /** `lk.agent.state` over time; empty where the agent does not tell it. */
  agentStates(): readonly { readonly state: string; readonly atMs: number }[];
  /** When each of the agent's replies began as text; empty where the agent sends no transcripts. */
  repliesSince(sinceMs: number): readonly number[];
  /** What is heard at the caller's microphone beside the caller, from now on. */
  setBackground(background: RoomBackground): Promise<void>;
  delay(ms: number): Promise<void>;
}

export type RoomBackground =
  | { readonly kind: 'none' }
  /** The same sound over and over. */
  | ({ readonly kind: 'sound' } & AudioFrame)
  /** A loudspeaker: what reaches the ear comes back so much later, in ms, and so much louder or softer, in dB. */
  | { readonly kind: 'echo'; readonly afterMs: number; readonly gainDb: number };

/** Makes speech; it is synthetic, and reports must say so. */
export interface Speaker {
  speak(text: string): Promise<AudioFrame>;
}
