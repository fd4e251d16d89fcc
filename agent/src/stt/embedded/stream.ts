import { createAsyncQueue } from '../../runtime/async-queue.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import type { SttEvent, SttStream } from '../contract.ts';
import { PROVIDER } from './recogniser-thread.ts';
import { createUtterance, SAMPLE_RATE_HZ } from './utterance.ts';
import type { Recognition } from './verdict.ts';

/** Events that may wait to be read; a reader that is further behind has stopped reading. */
const MOST_EVENTS = 1_000;

/** Speech shorter than this, in ms, is a click or a cough: the speech gate alone holds open for 96 ms of it. */
const SHORTEST_SPEECH_MS = 160;

/** A word takes about this long, in ms. Source: 210 words a minute, as voices read. */
const MS_A_WORD = 280;

/** A recognition under way, or done, of the utterance as it was after so many frames of speech. */
interface Attempt {
  readonly speechFrames: number;
  readonly result: Promise<Recognition | null>;
  readonly outdated: AbortController;
}

/**
 * One ear's stream. Recognition begins at each pause, so that it is done when the turn's wait is over and the final is
 * asked for; what it gives at a pause is an interim.
 */
export function openStream(options: {
  readonly prefixPaddingMs: number;
  readonly signal: AbortSignal;
  readonly understand: (samples: Int16Array, signal: AbortSignal) => Promise<Recognition | null>;
  /** An utterance was longer than can be kept; called once an utterance. */
  readonly onDropped: (droppedMs: number) => void;
}): SttStream {
  const { signal } = options;
  const events = createAsyncQueue<SttEvent>(MOST_EVENTS);
  const utterance = createUtterance(options);
  let latest: Attempt | null = null;
  let lastInterim = '';
  let lastFinal: Promise<void> = Promise.resolve();

  const end = () => {
    events.end();
    utterance.clear();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });

  const attempt = (): Attempt => {
    const { speechFrames } = utterance;
    if (latest?.speechFrames === speechFrames) return latest;
    latest?.outdated.abort(new Error('more was said'));
    const outdated = new AbortController();
    latest = { speechFrames, outdated, result: understandSoFar(AbortSignal.any([signal, outdated.signal])) };
    latest.result.catch(events.fail);
    return latest;
  };

  const understandSoFar = async (until: AbortSignal): Promise<Recognition | null> => {
    const { speechMs, droppedMs } = utterance;
    if (speechMs < SHORTEST_SPEECH_MS) return { outcome: 'silence' };
    // No phrase is this long, and its beginning is gone.
    if (droppedMs > 0) return { outcome: 'rejected', wordCount: Math.round(speechMs / MS_A_WORD) };
    return options.understand(utterance.samples(), until);
  };

  const giveInterim = async (made: Attempt) => {
    const recognition = await made.result;
    if (made !== latest || recognition?.outcome !== 'words' || recognition.text === lastInterim) return;
    lastInterim = recognition.text;
    events.push({ type: 'interim', text: recognition.text });
  };

  const giveFinal = async (result: Promise<Recognition | null>, before: Promise<void>) => {
    const recognition = await result;
    await before;
    if (recognition !== null) events.push(finalOf(recognition));
  };

  return {
    push(frame) {
      if (signal.aborted) return;
      if (frame.sampleRateHz !== SAMPLE_RATE_HZ) {
        const message = `frames must be of ${SAMPLE_RATE_HZ} Hz, not ${frame.sampleRateHz}`;
        throw new ProviderError('bad_request', message, { provider: PROVIDER, retryable: false });
      }
      // A failure has ended the stream by way of its attempt.
      if (utterance.push(frame)) giveInterim(attempt()).catch(() => {});
    },
    finalize() {
      if (signal.aborted) return;
      const result: Promise<Recognition | null> =
        utterance.speechFrames > 0 ? attempt().result : Promise.resolve({ outcome: 'silence' });
      if (utterance.droppedMs > 0) options.onDropped(utterance.droppedMs);
      utterance.clear();
      latest = null;
      lastInterim = '';
      lastFinal = giveFinal(result, lastFinal).catch(() => {});
    },
    async *[Symbol.asyncIterator]() {
      for await (const event of events) {
        if (signal.aborted) return;
        yield event;
      }
    },
  };
}

function finalOf(recognition: Recognition): SttEvent {
  const final = { type: 'final', text: '', words: [], wordCount: 0, answersFinalize: true } as const;
  switch (recognition.outcome) {
    case 'words': {
      const { text, words } = recognition;
      return { ...final, outcome: 'words', text, words, wordCount: words.length };
    }
    case 'rejected':
      return { ...final, outcome: 'rejected', wordCount: recognition.wordCount };
    case 'silence':
      return { ...final, outcome: 'silence' };
  }
}
