import type { Llm } from '../../llm/contract.ts';
import { createAsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import { delay } from '../../runtime/clock.ts';
import type { Stt, SttEvent } from '../../stt/contract.ts';
import type { Tts, TtsEvent } from '../../tts/contract.ts';
import type { Vad } from '../../vad/contract.ts';

/** A sample of this height makes a frame of speech for the simulated VAD. */
export const LOUD = 8_000;

/** Speech is what is loud. */
export function createSimulatedVad(): Vad {
  return {
    provider: 'simulated',
    openEar: () => ({
      process: async (samples) => ((samples[0] ?? 0) >= LOUD ? 0.95 : 0.02),
      reset() {},
    }),
    async close() {},
  };
}

/** Understands, one an utterance, the texts that the test has laid out. */
export function createSimulatedStt(texts: string[], counts: { opened: number; closed: number }): Stt {
  return {
    provider: 'simulated',
    model: 'simulated-stt',
    capabilities: {
      givesInterims: false,
      givesSpeechEvents: false,
      finalizeAfterSilenceMs: 200,
      mayGoDeaf: false,
    },
    async warm() {},
    open({ signal }) {
      counts.opened++;
      const events = createAsyncQueue<SttEvent>(100);
      let hasSpeech = false;
      signal.addEventListener('abort', () => {
        counts.closed++;
        events.end();
      });
      return {
        push(frame) {
          hasSpeech ||= frame.isSpeech;
        },
        finalize() {
          const text = hasSpeech ? (texts.shift() ?? '') : '';
          hasSpeech = false;
          const wordCount = text === '' ? 0 : text.split(' ').length;
          const outcome = text === '' ? 'silence' : 'words';
          events.push({ type: 'final', text, outcome, words: [], wordCount, answersFinalize: true });
        },
        [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
      };
    },
    async close() {},
  };
}

const PROVIDER = 'simulated';
const LLM_MODEL = 'simulated-llm';
const TTS_MODEL = 'simulated-tts';

/** Answers each request with the next text, a token a word; a missing one never comes. */
export function createSimulatedLlm(answers: string[], aborted: string[]): Llm {
  return {
    provider: PROVIDER,
    model: LLM_MODEL,
    async warm() {},
    async *stream(_request, { signal }) {
      const answer = answers.shift();
      for (const [word] of (answer ?? '').matchAll(/\S+\s*/g)) {
        if (signal.aborted) return;
        yield { type: 'text', text: word };
      }
      if (answer !== undefined) {
        const outputTokens = answer.split(' ').length;
        yield { type: 'usage', provider: PROVIDER, model: LLM_MODEL, inputTokens: 100, outputTokens };
        return;
      }
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      aborted.push('llm');
    },
    async close() {},
  };
}

/** A steady tone, 200 ms a word, after `firstSoundMs`. */
export function createSimulatedTts(clock: Clock, firstSoundMs: number, aborted: string[]): Tts {
  const sampleRateHz = 16_000;
  const wordMs = 200;
  return {
    provider: PROVIDER,
    model: TTS_MODEL,
    voices: ['tone'],
    sampleRateHz: () => sampleRateHz,
    async warm() {},
    open({ signal }) {
      const segments = createAsyncQueue<{ segmentId: string; text: string }>(100);
      signal.addEventListener('abort', () => {
        aborted.push('tts');
        segments.end();
      });
      return {
        say: (segment) => void segments.push(segment),
        finish: () => segments.end(),
        async *[Symbol.asyncIterator](): AsyncIterator<TtsEvent> {
          for await (const { segmentId, text } of segments) {
            await delay(clock, firstSoundMs, signal).catch(() => {});
            if (signal.aborted) return;
            const characters = text.length;
            yield { type: 'usage', segmentId, provider: PROVIDER, model: TTS_MODEL, characters };
            const words = [...text.matchAll(/\S+/g)];
            const marks = words.map((word, index) => ({
              charStart: word.index,
              charEnd: word.index + word[0].length,
              startMs: index * wordMs,
              endMs: (index + 1) * wordMs,
              isEstimated: false,
            }));
            yield { type: 'words', segmentId, marks };
            const samples = new Int16Array((words.length * wordMs * sampleRateHz) / 1000).fill(4_000);
            yield { type: 'audio', segmentId, samples, sampleRateHz };
            yield { type: 'segmentEnd', segmentId, durationMs: words.length * wordMs };
          }
        },
      };
    },
    async close() {},
  };
}
