import type { AsyncQueue } from '../runtime/async-queue.ts';
import type { Clock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { TtsEvent } from './contract.ts';
import type { VoicePace } from './estimated-marks.ts';
import type { TtsSegment } from './reply.ts';
import { createTimedSegment, type TimedSegment } from './timed-segment.ts';
import type { SpokenWord } from './word-marks.ts';

/**
 * The segments of one reply that a vendor owes, in order. What comes from it belongs to the first; each is told with
 * what it costs when its turn comes, and those without anything to pronounce end in theirs.
 */
export interface OwedSegments {
  /** The one that sounds, or is to sound next. */
  readonly first: OwedSegment | null;
  readonly count: number;
  readonly isOver: boolean;
  addSilent(segment: TtsSegment): void;
  add(segment: TtsSegment): void;
  /** The vendor gave a sign of life. */
  touch(): void;
  sound(samples: Int16Array): void;
  /** From the start of the first segment's sound. */
  words(spoken: readonly SpokenWord[]): void;
  /** All of its sound has come. Where there was none its words were not said: the events fail with `protocol`. */
  endFirst(): void;
  /** No segment follows: the events end with the last. */
  finish(): void;
  /** Ends the events, by an error if there is one. Safe to call twice. */
  end(error?: ProviderError): void;
}

export interface OwedSegment {
  readonly segment: TtsSegment;
  /** Null for one without anything to pronounce. */
  readonly timed: TimedSegment | null;
}

/** Events of a reply that may wait to be read: 13 minutes of sound. */
export const MOST_EVENTS = 20_000;
/**
 * Silence of a vendor while it owes sound, in ms, after which it has stopped. Source: over their limits vendors stop
 * without a word; a first sound takes 0.1 to 0.5 s.
 */
const GAP_MS = 5_000;

export function createOwedSegments(options: {
  readonly events: AsyncQueue<TtsEvent>;
  readonly provider: string;
  readonly model: string;
  readonly sampleRateHz: number;
  readonly pace: VoicePace;
  readonly clock: Clock;
  /** The vendor stopped: called before the events fail for it, and may end them otherwise. */
  readonly onStalled: () => void;
}): OwedSegments {
  const { events, provider, model, sampleRateHz, pace, clock } = options;
  const owed: OwedSegment[] = [];
  let told: OwedSegment | null = null;
  let isFinished = false;
  let isOver = false;
  let cancelGap = () => {};

  const error = (code: 'timeout' | 'protocol' | 'bad_request', message: string) =>
    new ProviderError(code, `${provider}: ${message}`, { provider, retryable: code !== 'bad_request' });

  const end = (reason?: ProviderError) => {
    if (isOver) return;
    isOver = true;
    cancelGap();
    if (reason === undefined) events.end();
    else events.fail(reason);
  };

  const touch = () => {
    cancelGap();
    if (isOver || owed.length === 0) return;
    cancelGap = clock.at(clock.nowMs() + GAP_MS, () => {
      options.onStalled();
      end(error('timeout', `no sound came for ${GAP_MS} ms`));
    });
  };

  const give = (made: readonly TtsEvent[]) => {
    for (const event of made) {
      if (!events.push(event)) return end(error('bad_request', 'the reply is longer than 13 minutes'));
    }
  };

  /** Ends what has no sound, and tells of what is next. */
  const advance = () => {
    while (owed[0]?.timed === null) {
      give([{ type: 'segmentEnd', segmentId: owed[0].segment.segmentId, durationMs: 0 }]);
      owed.shift();
    }
    const next = owed[0];
    if (next === undefined) {
      if (isFinished) end();
    } else if (next !== told) {
      told = next;
      const { segmentId, text } = next.segment;
      give([{ type: 'usage', segmentId, provider, model, characters: text.length }]);
    }
    touch();
  };

  return {
    get first() {
      return owed[0] ?? null;
    },
    get count() {
      return owed.length;
    },
    get isOver() {
      return isOver;
    },
    addSilent(segment) {
      owed.push({ segment, timed: null });
      advance();
    },
    add(segment) {
      owed.push({ segment, timed: createTimedSegment({ ...segment, sampleRateHz, pace }) });
      advance();
    },
    touch,
    sound(samples) {
      give(owed[0]?.timed?.sound(samples) ?? []);
    },
    words(spoken) {
      give(owed[0]?.timed?.words(spoken) ?? []);
    },
    endFirst() {
      const timed = owed.shift()?.timed;
      if (timed?.receivedMs === 0) return end(error('protocol', 'a text was given no sound'));
      give(timed?.end() ?? []);
      advance();
    },
    finish() {
      isFinished = true;
      advance();
    },
    end,
  };
}
