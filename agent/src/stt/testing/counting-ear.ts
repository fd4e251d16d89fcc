import { createAsyncQueue } from '../../runtime/async-queue.ts';
import { type Clock, delay } from '../../runtime/clock.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import { type VendorFault, withFault } from '../../runtime/testing/vendor-faults.ts';
import type { HeardFrame, Stt, SttCapabilities, SttEvent } from '../contract.ts';

/** A recogniser that understands frames whose samples are 7 as the word `7`; silence is 0. */
export interface CountingEar {
  readonly stt: Stt;
  readonly log: {
    /** The words of each stream's frames, and `?` where a final was asked for. */
    readonly streams: string[][];
    /** The language of each stream. */
    readonly languages: string[];
    /** Streams that are open now. */
    open: number;
  };
}

/** A frame of the word, or of silence. */
export function frameOf(word: number): HeardFrame {
  return { samples: new Int16Array(512).fill(word), sampleRateHz: 16_000, isSpeech: word > 0 };
}

export function createCountingEar(options: {
  readonly name: string;
  readonly clock: Clock;
  /** From the asking to the final. Default 100. */
  readonly answerAfterMs?: number;
  /** Words after which a final comes unasked. Default never. */
  readonly finalEvery?: number;
  /** One a stream; none where there is no more. */
  readonly faults?: VendorFault[];
  readonly capabilities?: Partial<SttCapabilities>;
  /** The only one that it knows. Default: it knows all. */
  readonly onlyLanguage?: string;
}): CountingEar {
  const { name, clock, answerAfterMs = 100, finalEvery = Number.POSITIVE_INFINITY } = options;
  const log: CountingEar['log'] = { streams: [], languages: [], open: 0 };
  const stt: Stt = {
    provider: name,
    model: `${name}-1`,
    capabilities: {
      givesInterims: true,
      givesSpeechEvents: false,
      finalizeAfterSilenceMs: 0,
      mayGoDeaf: true,
      ...options.capabilities,
    },
    async warm() {},
    open({ language, signal }) {
      if (language !== (options.onlyLanguage ?? language))
        throw new ProviderError('bad_request', `no ${language}`, { provider: name, retryable: false });
      log.languages.push(language);
      const heard: string[] = [];
      log.streams.push(heard);
      log.open += 1;
      const events = createAsyncQueue<{ readonly atMs: number; readonly event: SttEvent }>(10_000);
      const end = () => {
        log.open -= 1;
        events.end();
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
      const fault = options.faults?.shift() ?? { kind: 'none' };
      let words: string[] = [];
      let last = 0;

      const tell = (event: SttEvent) => events.push({ atMs: clock.nowMs() + answerAfterMs, event });
      const final = (answersFinalize: boolean) => {
        const text = words.join(' ');
        const outcome = words.length === 0 ? 'silence' : 'words';
        const timed = words.map((word, index) => ({
          text: word,
          startMs: index * 32,
          endMs: (index + 1) * 32,
        }));
        tell({ type: 'final', text, outcome, words: timed, wordCount: words.length, answersFinalize });
        words = [];
      };
      async function* told(): AsyncGenerator<SttEvent> {
        for await (const { atMs, event } of events) {
          await delay(clock, Math.max(0, atMs - clock.nowMs()), signal).catch(() => {});
          if (signal.aborted) return;
          yield event;
        }
      }
      return {
        push({ samples: [word = 0] }) {
          if (word === last || signal.aborted) return;
          last = word;
          if (word === 0) return;
          heard.push(String(word));
          words.push(String(word));
          tell({ type: 'interim', text: words.join(' ') });
          if (words.length >= finalEvery) final(false);
        },
        finalize() {
          if (signal.aborted) return;
          heard.push('?');
          final(true);
        },
        [Symbol.asyncIterator]: () => withFault(told(), { fault, provider: name, clock, signal }),
      };
    },
    async close() {},
  };
  return { stt, log };
}
