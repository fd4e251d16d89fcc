import type { Clock } from '@parley/agent/runtime/clock';
import { createDeferred, type Deferred } from '@parley/agent/runtime/deferred';
import type { Said } from './caller-messages.ts';

/** A person's microphone: it never stops, and gives silence while nobody speaks. */
export interface Microphone {
  /** Speaks after what is already being said. Resolves when the last sample has left. */
  say(samples: Int16Array): Promise<Said>;
  /** From now on this is heard under everything: a machine in the room, a loudspeaker. Null: nothing is. */
  setBackground(background: Background | null): void;
  /** What is being said is cut; its promise rejects. */
  close(): void;
}

/** Gives the next so many samples of what is heard beside the person. */
export type Background = (count: number) => Int16Array;

/**
 * Sound that waits in the track, in ms: below the first silence is added, so that a late frame leaves no hole
 * in speech; above the second it is left out, so that a stall delays nothing for good.
 */
const LEAST_QUEUED_MS = 20;
const MOST_QUEUED_MS = 40;

/**
 * Speech is known in advance: so much of it waits in the track, in ms, that a stall leaves no hole. Not where
 * something is heard under it, which is known only as it comes.
 */
const SPEECH_AHEAD_MS = 100;

/** A schedule that lags further than this, in ms, begins anew: a real microphone does not catch up. */
const LONGEST_LAG_MS = 200;

interface Utterance {
  readonly samples: Int16Array;
  readonly done: Deferred<Said>;
  readonly frameLatenessMs: number[];
  position: number;
  firstSampleAtMs: number;
  leastQueuedMs: number;
}

export function openMicrophone(options: {
  readonly clock: Clock;
  readonly sampleRateHz: number;
  /** Takes one frame into the track's queue. */
  readonly push: (samples: Int16Array) => void;
  /** Sound that was pushed and has not left. */
  readonly queuedDurationMs: () => number;
}): Microphone {
  const { clock, sampleRateHz, push } = options;
  const frameMs = frameLengthMs(sampleRateHz);
  const frameSamples = (sampleRateHz * frameMs) / 1000;
  const utterances: Utterance[] = [];
  let nextFrameAtMs = clock.nowMs();
  let background: Background | null = null;
  let isClosed = false;
  let cancelTimer = () => {};

  const pushOver = (frame: Int16Array) => {
    if (background !== null) {
      const beneath = background(frameSamples);
      for (let index = 0; index < frameSamples; index++)
        frame[index] = clamp((frame[index] ?? 0) + (beneath[index] ?? 0));
    }
    push(frame);
  };

  const pushFrame = (latenessMs: number) => {
    const queuedMs = options.queuedDurationMs;
    const [utterance] = utterances;
    if (utterance === undefined) {
      const silenceMs = queuedMs();
      if (silenceMs <= MOST_QUEUED_MS) pushOver(new Int16Array(frameSamples));
      if (silenceMs < LEAST_QUEUED_MS) pushOver(new Int16Array(frameSamples));
    } else if (background !== null) pushSpeech(utterance, latenessMs);
    else {
      let next: Utterance | undefined = utterance;
      for (; next !== undefined && queuedMs() < SPEECH_AHEAD_MS; next = utterances[0])
        pushSpeech(next, latenessMs);
    }
  };

  const pushSpeech = (utterance: Utterance, latenessMs: number) => {
    const queuedMs = options.queuedDurationMs();
    const leavesAtMs = clock.nowMs() + queuedMs;
    const { samples, position, frameLatenessMs } = utterance;
    if (position === 0) utterance.firstSampleAtMs = leavesAtMs;
    else utterance.leastQueuedMs = Math.min(utterance.leastQueuedMs, queuedMs);
    const frame = new Int16Array(frameSamples);
    const part = samples.subarray(position, position + frameSamples);
    frame.set(part);
    pushOver(frame);
    frameLatenessMs.push(latenessMs);
    utterance.position += part.length;
    if (utterance.position < samples.length) return;
    utterances.shift();
    const { firstSampleAtMs, leastQueuedMs, done } = utterance;
    const lastSampleAtMs = leavesAtMs + (part.length * 1000) / sampleRateHz;
    const said: Said = { firstSampleAtMs, lastSampleAtMs, frameLatenessMs, leastQueuedMs };
    clock.at(lastSampleAtMs, () => done.resolve(said));
  };

  const tick = () => {
    if (isClosed) return;
    if (clock.nowMs() - nextFrameAtMs > LONGEST_LAG_MS) nextFrameAtMs = clock.nowMs();
    for (; nextFrameAtMs <= clock.nowMs(); nextFrameAtMs += frameMs) pushFrame(clock.nowMs() - nextFrameAtMs);
    cancelTimer = clock.at(nextFrameAtMs, tick);
  };
  tick();

  return {
    say(samples) {
      const done = createDeferred<Said>();
      if (isClosed) done.reject(new Error('the microphone is closed'));
      else if (samples.length === 0) done.reject(new Error('there is nothing to say: no samples'));
      else
        utterances.push({
          samples,
          done,
          frameLatenessMs: [],
          position: 0,
          firstSampleAtMs: 0,
          leastQueuedMs: Number.POSITIVE_INFINITY,
        });
      return done.promise;
    },
    setBackground(next) {
      background = next;
    },
    close() {
      isClosed = true;
      cancelTimer();
      for (const { done } of utterances.splice(0))
        done.reject(new Error('the microphone was closed in mid-sentence'));
    },
  };
}

function clamp(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, sample));
}

/**
 * 20 ms, or 40 where those have no whole number of samples: a call into native code costs more than the sound
 * that it carries, and the encoder takes 20 ms at once.
 */
function frameLengthMs(sampleRateHz: number): number {
  for (const frameMs of [20, 40]) if (Number.isInteger((sampleRateHz * frameMs) / 1000)) return frameMs;
  throw new RangeError(`a microphone of ${sampleRateHz} Hz has no whole number of samples in 40 ms`);
}
