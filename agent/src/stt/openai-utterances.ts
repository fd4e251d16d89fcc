import { createAsyncQueue } from '../runtime/async-queue.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { SttEvent, SttStream } from './contract.ts';
import { createUtterance, SAMPLE_RATE_HZ } from './embedded/utterance.ts';
import { answeringFinal, NOTHING_SAID, type Understood } from './final-event.ts';

/** Events that may wait to be read; a reader that is further behind has stopped reading. */
const MOST_EVENTS = 1_000;

/** Speech shorter than this, in ms, is a click or a cough, and Whisper makes words of those. */
const SHORTEST_SPEECH_MS = 160;

/**
 * Longest utterance that is kept whole, in ms: nobody speaks for two minutes without a pause of `finalizeAfterSilenceMs`.
 * 3.8 MB, where the API takes 25 MB.
 */
const LONGEST_UTTERANCE_MS = 120_000;

/** One ear's stream to a recogniser that takes whole utterances: what was said since the last final goes up at once. */
export function openUtteranceStream(options: {
  readonly provider: string;
  readonly prefixPaddingMs: number;
  readonly signal: AbortSignal;
  /** Of sound at 16 kHz. */
  readonly understand: (samples: Int16Array, signal: AbortSignal) => Promise<Understood>;
  /** An utterance was longer than can be kept; called once an utterance. */
  readonly onDropped: (droppedMs: number) => void;
}): SttStream {
  const { provider, prefixPaddingMs } = options;
  const failing = new AbortController();
  /** Ends what is under way: the stream was ended, or one upload of it failed. */
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const events = createAsyncQueue<SttEvent>(MOST_EVENTS);
  const utterance = createUtterance({ prefixPaddingMs, longestMs: LONGEST_UTTERANCE_MS });
  let lastFinal: Promise<void> = Promise.resolve();

  const end = () => {
    events.end();
    utterance.clear();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });

  const giveFinal = async (result: Promise<Understood>, before: Promise<void>) => {
    try {
      const understood = await result;
      await before;
      events.push(answeringFinal(understood));
    } catch (error) {
      if (signal.aborted) return;
      events.fail(error);
      failing.abort(error);
    }
  };

  return {
    push(frame) {
      if (signal.aborted) return;
      if (frame.sampleRateHz !== SAMPLE_RATE_HZ) {
        const message = `frames must be of ${SAMPLE_RATE_HZ} Hz, not ${frame.sampleRateHz}`;
        throw new ProviderError('bad_request', message, { provider, retryable: false });
      }
      utterance.push(frame);
    },
    finalize() {
      if (signal.aborted) return;
      const { speechMs, droppedMs } = utterance;
      const result =
        speechMs < SHORTEST_SPEECH_MS
          ? Promise.resolve(NOTHING_SAID)
          : options.understand(utterance.samples(), signal);
      if (droppedMs > 0) options.onDropped(droppedMs);
      utterance.clear();
      lastFinal = giveFinal(result, lastFinal);
    },
    async *[Symbol.asyncIterator]() {
      for await (const event of events) {
        if (options.signal.aborted) return;
        yield event;
      }
    },
  };
}
