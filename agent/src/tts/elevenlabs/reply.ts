import { createAsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { TtsEvent } from '../contract.ts';
import type { VoicePace } from '../estimated-marks.ts';
import { MOST_EVENTS } from '../owed-segments.ts';
import type { TtsSegment } from '../reply.ts';
import { hasWords } from '../sayable.ts';
import type { ContextPool, VoiceContext } from './context-pool.ts';
import { createPassage } from './passage.ts';

/** Speaks one reply, in one context. */
export async function* speakInContext(
  segments: AsyncIterable<TtsSegment>,
  options: {
    readonly pool: ContextPool;
    readonly model: string;
    readonly sampleRateHz: number;
    readonly pace: VoicePace;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<TtsEvent> {
  const { pool, signal } = options;
  if (signal.aborted) return;
  const events = createAsyncQueue<TtsEvent>(MOST_EVENTS);
  const passage = createPassage({ ...options, events });
  const onAbort = () => passage.cancel();
  signal.addEventListener('abort', onAbort, { once: true });
  // Ends with the segments, which end with the reply; what fails in it is told by the events.
  void feed();
  try {
    yield* events;
  } finally {
    signal.removeEventListener('abort', onAbort);
    passage.cancel();
  }

  async function feed(): Promise<void> {
    let context: VoiceContext | null = null;
    try {
      for await (const segment of segments) {
        if (!hasWords(segment.text)) passage.addSilent(segment);
        else {
          context ??= await pool.open({ onSound: passage.hear, onError: passage.fail }, signal);
          passage.say(context, segment);
        }
      }
      passage.finish();
    } catch (error) {
      if (!signal.aborted) events.fail(error);
    } finally {
      context?.close();
    }
  }
}
