import { createAsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { TtsEvent } from '../contract.ts';
import type { VoicePace } from '../estimated-marks.ts';
import { MOST_EVENTS } from '../owed-segments.ts';
import type { TtsSegment } from '../reply.ts';
import { hasWords } from '../sayable.ts';
import type { CartesiaConnection } from './connection.ts';
import { type CartesiaVoice, createPassage } from './passage.ts';

/** Speaks one reply. */
export async function* speakOnContext(
  segments: AsyncIterable<TtsSegment>,
  options: {
    readonly connect: () => Promise<CartesiaConnection>;
    readonly voice: CartesiaVoice;
    readonly pace: VoicePace;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<TtsEvent> {
  const { signal } = options;
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
    try {
      for await (const segment of segments) {
        if (!hasWords(segment.text)) passage.addSilent(segment);
        else passage.say(await options.connect(), segment);
      }
      passage.finish();
    } catch (error) {
      if (!signal.aborted) events.fail(error);
    }
  }
}
