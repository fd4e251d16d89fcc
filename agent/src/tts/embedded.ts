import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { afterSilence, audioBlocks } from './audio-blocks.ts';
import type { Tts, TtsEvent } from './contract.ts';
import { createDueQueue } from './due-queue.ts';
import { createFliteThread, type FliteAnswer, type FliteRequest, PROVIDER } from './flite/flite-thread.ts';
import { isSayable, toPlainEnglish } from './flite/plain-english.ts';
import type { Speech } from './flite/speech.ts';
import { createOpenReplies, type TtsSegment } from './reply.ts';
import { type SpeakablePiece, splitSpeakable } from './speakable-pieces.ts';
import { alignWordMarks } from './word-marks.ts';

const MODEL = 'flite';

/** The voice that needs no key and no network: Flite, in a thread of this process. English. */
export interface EmbeddedTts extends Tts {
  /**
   * Phones of an English word in the CMU dictionary's notation (`['HH', 'AH', 'L', 'OW']`), for a recogniser
   * that lacks it. Empty where the word has no sound.
   */
  pronounce(word: string): Promise<readonly string[]>;
}

const DEFAULT_VOICE = 'slt';

/** Rate of each voice's sound, in Hz; the default voice first. Source: what Flite 2.3 writes. */
const VOICES: ReadonlyMap<string, number> = new Map([
  [DEFAULT_VOICE, 16_000],
  ['rms', 16_000],
  ['awb', 16_000],
  ['kal16', 16_000],
  ['kal', 8_000],
]);

/** The voices' names, the default first. */
export const EMBEDDED_VOICES: readonly string[] = [...VOICES.keys()];

/** Silence before a piece, by what it follows, in ms; the pieces' own edges add 80 ms. Source: read aloud. */
const PAUSE_MS = { segment: 140, sentence: 140, clause: 60, word: 0 } as const;

/** Said to nobody: the first run of the program compiles it, which costs 200 ms more than the next ones. */
const WARM_UP_SENTENCE = 'How can I help you today?';

/** How long a pronunciation may wait for speech that somebody is about to hear, in ms. */
const PRONUNCIATION_SLACK_MS = 1_000;

export function createEmbeddedTts({
  clock,
  log,
}: {
  readonly clock: Clock;
  readonly log: Logger;
}): EmbeddedTts {
  const flite = createFliteThread({ clock, log });
  const work = createDueQueue<FliteRequest, FliteAnswer>({ perform: flite.ask });
  const replies = createOpenReplies({ provider: PROVIDER });
  const closing = new AbortController();
  let warming: Promise<void> | null = null;

  const sampleRateHz = (voice: string): number => {
    const rate = VOICES.get(voice);
    if (rate !== undefined) return rate;
    throw badRequest(`the embedded voice has no "${voice}"; it has: ${EMBEDDED_VOICES.join(', ')}`);
  };

  const synthesise = async (voice: string, text: string, dueAtMs: number, signal: AbortSignal) => {
    const answer = await work.submit({ request: { type: 'synthesise', voice, text }, dueAtMs, signal });
    return answer?.type === 'speech' ? answer.speech : null;
  };

  return {
    provider: PROVIDER,
    model: MODEL,
    voices: EMBEDDED_VOICES,
    sampleRateHz,
    warm() {
      warming ??= synthesise(DEFAULT_VOICE, WARM_UP_SENTENCE, clock.nowMs(), closing.signal).then(
        () => {},
        (error) => {
          warming = null;
          throw error;
        },
      );
      return warming;
    },
    open({ voice, language, signal }) {
      const rateHz = sampleRateHz(voice);
      if (!/^en(-|$)/i.test(language)) {
        throw badRequest(`the embedded voice speaks English, not "${language}"; set a speech provider's key`);
      }
      return replies.open({
        signal,
        speak: (segments, ending) =>
          speak(segments, {
            sampleRateHz: rateHz,
            clock,
            synthesise: (text, dueAtMs) => synthesise(voice, text, dueAtMs, ending),
          }),
      });
    },
    async pronounce(word) {
      const text = toPlainEnglish(word);
      if (!isSayable(text)) return [];
      const dueAtMs = clock.nowMs() + PRONUNCIATION_SLACK_MS;
      const answer = await work.submit({
        request: { type: 'pronounce', word: text },
        dueAtMs,
        signal: closing.signal,
      });
      if (answer?.type === 'phones') return answer.phones;
      throw new ProviderError('unavailable', 'the voice is closed', { provider: PROVIDER, retryable: false });
    },
    async close() {
      closing.abort();
      replies.close();
      await flite.close();
    },
  };
}

interface Speaking {
  readonly sampleRateHz: number;
  readonly clock: Clock;
  /** Null: the reply was aborted. */
  readonly synthesise: (text: string, dueAtMs: number) => Promise<Speech | null>;
}

async function* speak(segments: AsyncIterable<TtsSegment>, speaking: Speaking): AsyncGenerator<TtsEvent> {
  const { clock, synthesise, sampleRateHz } = speaking;
  /** When the sound that was given ends at the earliest; null before the first. */
  let soundEndsAtMs: number | null = null;
  let textBefore = '';
  for await (const { segmentId, text } of segments) {
    let segmentSamples = 0;
    const pieces = splitSpeakable(text)
      .map((piece) => ({ piece, plain: toPlainEnglish(piece.text) }))
      .filter(({ plain }) => isSayable(plain));
    const characters = pieces.reduce((sum, { piece }) => sum + piece.text.length, 0);
    if (characters > 0) yield { type: 'usage', segmentId, provider: PROVIDER, model: MODEL, characters };
    for (const { piece, plain } of pieces) {
      const speech = await synthesise(plain, soundEndsAtMs ?? clock.nowMs());
      if (speech === null) return;
      const pauseMs =
        soundEndsAtMs === null
          ? 0
          : PAUSE_MS[piece.follows === 'segment' ? pauseAfter(textBefore) : piece.follows];
      const samples = afterSilence(speech.samples, pauseMs, sampleRateHz);
      const startMs = (segmentSamples * 1000) / sampleRateHz + pauseMs;
      yield { type: 'words', segmentId, marks: marksOf(piece, speech, startMs) };
      yield* audioBlocks(segmentId, samples, sampleRateHz);
      segmentSamples += samples.length;
      soundEndsAtMs = Math.max(soundEndsAtMs ?? 0, clock.nowMs()) + (samples.length * 1000) / sampleRateHz;
    }
    yield { type: 'segmentEnd', segmentId, durationMs: (segmentSamples * 1000) / sampleRateHz };
    textBefore = text;
  }
}

/** The first segment of a reply may be a clause, or end between two words. */
function pauseAfter(text: string): keyof typeof PAUSE_MS {
  if (/[\p{L}\p{N}]$/u.test(text)) return 'word';
  return /[,;:–—-]$/u.test(text) ? 'clause' : 'segment';
}

function marksOf(piece: SpeakablePiece, speech: Speech, startMs: number) {
  const durationMs = (speech.samples.length * 1000) / speech.sampleRateHz;
  return alignWordMarks({ text: piece.text, spoken: speech.words, durationMs }).map((mark) => ({
    charStart: mark.charStart + piece.charStart,
    charEnd: mark.charEnd + piece.charStart,
    startMs: mark.startMs + startMs,
    endMs: mark.endMs + startMs,
    isEstimated: mark.isEstimated,
  }));
}

function badRequest(message: string): ProviderError {
  return new ProviderError('bad_request', message, { provider: PROVIDER, retryable: false });
}
