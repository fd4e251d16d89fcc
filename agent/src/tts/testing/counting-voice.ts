import { createAsyncQueue } from '../../runtime/async-queue.ts';
import { type Clock, delay } from '../../runtime/clock.ts';
import { type VendorFault, withFault } from '../../runtime/testing/vendor-faults.ts';
import type { Tts, TtsEvent, TtsOptions } from '../contract.ts';
import type { TtsSegment } from '../reply.ts';

export const WORD_MS = 200;
const BLOCK_MS = 50;

/** A voice whose sound tells who said which word: it says `7.` for 200 ms by samples of 1000 * `id` + 7. */
export interface CountingVoice {
  readonly tts: Tts;
  readonly log: {
    /** What each reply was given to say. */
    readonly replies: string[][];
    /** Replies that run now. */
    running: number;
  };
}

export function createCountingVoice(options: {
  readonly name: string;
  readonly id: number;
  readonly clock: Clock;
  readonly sampleRateHz?: number;
  readonly firstSoundMs?: number;
  /** Time that a block of 50 ms takes to come. Default 10: five times faster than it sounds. */
  readonly blockEveryMs?: number;
  /** Whether the times of words are estimates. Default no. */
  readonly isEstimating?: boolean;
  /** One a reply; none where there is no more. */
  readonly faults?: VendorFault[];
}): CountingVoice {
  const { name, id, clock, sampleRateHz = 8_000, firstSoundMs = 100, blockEveryMs = 10 } = options;
  const log: CountingVoice['log'] = { replies: [], running: 0 };

  async function* sing({ segmentId, text }: TtsSegment, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    const words = [...text.matchAll(/\d+\S*/g)];
    yield { type: 'usage', segmentId, provider: name, model: `${name}-1`, characters: text.length };
    await delay(clock, firstSoundMs, signal).catch(() => {});
    const marks = words.map((word, index) => ({
      charStart: word.index,
      charEnd: word.index + word[0].length,
      startMs: index * WORD_MS,
      endMs: (index + 1) * WORD_MS,
      isEstimated: options.isEstimating ?? false,
    }));
    if (marks.length > 0) yield { type: 'words', segmentId, marks };
    for (const [word] of words) {
      for (let ms = 0; ms < WORD_MS; ms += BLOCK_MS) {
        if (signal.aborted) return;
        const samples = new Int16Array((BLOCK_MS * sampleRateHz) / 1000);
        yield {
          type: 'audio',
          segmentId,
          samples: samples.fill(1_000 * id + Number.parseInt(word, 10)),
          sampleRateHz,
        };
        await delay(clock, blockEveryMs, signal).catch(() => {});
      }
    }
    yield { type: 'segmentEnd', segmentId, durationMs: words.length * WORD_MS };
  }

  const tts: Tts = {
    provider: name,
    model: `${name}-1`,
    voices: [`voice-${name}`],
    sampleRateHz: () => sampleRateHz,
    async warm() {},
    open({ signal }: TtsOptions) {
      const segments = createAsyncQueue<TtsSegment>(1_000);
      const said: string[] = [];
      log.replies.push(said);
      const fault = options.faults?.shift() ?? { kind: 'none' };
      async function* speak(): AsyncGenerator<TtsEvent> {
        log.running += 1;
        const end = () => segments.end();
        signal.addEventListener('abort', end, { once: true });
        try {
          for await (const segment of segments) {
            if (signal.aborted) return;
            yield* sing(segment, signal);
          }
        } finally {
          signal.removeEventListener('abort', end);
          log.running -= 1;
        }
      }
      return {
        say(segment) {
          said.push(segment.text);
          segments.push(segment);
        },
        finish: () => segments.end(),
        [Symbol.asyncIterator]: () => withFault(speak(), { fault, provider: name, clock, signal }),
      };
    },
    async close() {},
  };
  return { tts, log };
}

/** Words by the sound that was given: each stretch of one word by one voice, with its length. */
export function wordsHeard(
  events: readonly TtsEvent[],
): { readonly id: number; readonly word: number; ms: number }[] {
  const heard: { readonly id: number; readonly word: number; ms: number }[] = [];
  for (const event of events) {
    if (event.type !== 'audio') continue;
    const sample = event.samples[0] ?? 0;
    const [id, word] = [Math.floor(sample / 1_000), sample % 1_000];
    const ms = (event.samples.length * 1000) / event.sampleRateHz;
    const last = heard.at(-1);
    if (last?.id === id && last.word === word) last.ms += ms;
    else heard.push({ id, word, ms });
  }
  return heard;
}
