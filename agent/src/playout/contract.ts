import type { WordMark } from '../tts/contract.ts';

/** Where playout puts its sound: the agent's published track. */
export interface AudioSink {
  readonly sampleRateHz: number;
  /**
   * Takes a block whose length is a multiple of 10 ms; the sink owns it from then on. Resolves when the sink has
   * room again; rejects when the track is gone.
   */
  push(samples: Int16Array): Promise<void>;
  /** Sound taken but not yet sent, in ms. */
  queuedDurationMs(): number;
  /** Drops what was not yet sent and tells how much that was, in ms: what was pushed before it is what was sent. */
  clear(): number;
  /**
   * How long until a good moment for `clear`, in ms, 0 to 10: one in which it is certain what was sent, and in which
   * what is pushed next follows without a gap.
   */
  cutWaitMs(): number;
}

/**
 * The agent's voice: a queue of sound with word marks, fed to the sink at most 120 ms ahead.
 * One reply sounds at a time. Calls that name a reply other than the open one are ignored and counted.
 * Events come in order and never from inside a call: after it, in a microtask.
 */
export interface Playout {
  /** Begins a reply. One that is still open is cleared first. */
  open(replyId: string): void;
  enqueue(replyId: string, segmentId: string, samples: Int16Array, sampleRateHz: number): void;
  mark(replyId: string, segmentId: string, marks: readonly WordMark[]): void;
  endSegment(replyId: string, segmentId: string): void;
  /** No segment follows; `finished` comes when the last was heard. */
  finish(replyId: string): void;
  /**
   * Takes back what the sink has not sent, ramps to silence in 30 ms from there, and keeps that place: what sounds
   * during the ramp is not counted as heard and sounds again after `resume`. `held` comes when it is silent.
   */
  hold(replyId: string): void;
  /** Goes on where the ramp of `hold` began, ramping up in 30 ms. */
  resume(replyId: string): void;
  /** Silence within 15 ms; always answered at once by `cleared`, with the last word that was heard. */
  clear(replyId: string): void;
  /** Stops at once and tells nothing more. Safe to call twice. */
  close(): Promise<void>;
}

/** What playout tells: the played position at word marks and changes of state. */
export type PlayoutEvent =
  /** The segment's first sound was given to the track. A segment without sound is `segmentPlayed` only. */
  | { readonly type: 'started'; readonly replyId: string; readonly segmentId: string }
  /** At least 60 % of a word was played: the caller heard the segment's text up to `charEnd`. */
  | {
      readonly type: 'progressed';
      readonly replyId: string;
      readonly segmentId: string;
      readonly charEnd: number;
    }
  | { readonly type: 'segmentPlayed'; readonly replyId: string; readonly segmentId: string }
  | { readonly type: 'held'; readonly replyId: string }
  | { readonly type: 'resumed'; readonly replyId: string }
  | {
      readonly type: 'cleared';
      readonly replyId: string;
      /** The segment that was sounding, with the place of the last word heard; null where nothing had sounded. */
      readonly segmentId: string | null;
      readonly charEnd: number;
    }
  | { readonly type: 'finished'; readonly replyId: string };
