import { type AsyncQueue, createAsyncQueue } from '../runtime/async-queue.ts';
import type { TtsEvent } from './contract.ts';
import { MOST_EVENTS } from './owed-segments.ts';
import type { TtsSegment } from './reply.ts';
import { hasWords } from './sayable.ts';

/** What one reply asks of a vendor that speaks in contexts; what it hears goes into the reply's events. */
export interface Passage {
  /** A segment without anything to pronounce: its end comes in its turn. */
  addSilent(segment: TtsSegment): void;
  /** Never called before the last call has settled. Rejects with ProviderError where the vendor cannot be reached. */
  say(segment: TtsSegment): Promise<void>;
  /** No segment follows. */
  finish(): void;
  /** Takes back at the vendor what was not given yet. Safe to call when all was, and twice. */
  cancel(): void;
}

/** Speaks one reply by its passage, which is cancelled as the signal aborts, and when the events are left early. */
export async function* speakPassage(
  segments: AsyncIterable<TtsSegment>,
  options: { readonly open: (events: AsyncQueue<TtsEvent>) => Passage; readonly signal: AbortSignal },
): AsyncGenerator<TtsEvent> {
  const { signal } = options;
  if (signal.aborted) return;
  const events = createAsyncQueue<TtsEvent>(MOST_EVENTS);
  const passage = options.open(events);
  const cancel = () => passage.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  // Ends with the segments, which end with the reply; what fails in it is told by the events.
  void feed();
  try {
    yield* events;
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }

  async function feed(): Promise<void> {
    try {
      for await (const segment of segments) {
        if (hasWords(segment.text)) await passage.say(segment);
        else passage.addSilent(segment);
      }
      passage.finish();
    } catch (error) {
      if (!signal.aborted) events.fail(error);
    }
  }
}
