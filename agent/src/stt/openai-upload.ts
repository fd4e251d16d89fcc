import type OpenAI from 'openai';
import { toFile } from 'openai';
import type { TranscriptionVerbose } from 'openai/resources/audio/transcriptions';
import { openaiFault } from '../runtime/openai-fault.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { SttWord } from './contract.ts';
import { SAMPLE_RATE_HZ } from './embedded/utterance.ts';
import { NOTHING_SAID, orderedWords, type Understood } from './final-event.ts';
import { languageTag } from './openai-language.ts';
import { waveFile } from './openai-wave.ts';

/**
 * Sound is taken for silence where Whisper doubts that there was speech and its words too. Source: the thresholds of
 * its own decoder, `no_speech_threshold` and `logprob_threshold`.
 */
const NO_SPEECH_FROM = 0.6;
const UNSURE_BELOW = -1;

export interface UploadSettings {
  readonly provider: string;
  readonly model: string;
  readonly apiKey: string;
  /** ISO 639; undefined: the server finds out, and tells. */
  readonly language: string | undefined;
  readonly prompt: string | undefined;
  readonly temperature: number | undefined;
  /** Words with times, which only Whisper gives. */
  readonly wordTimes: boolean;
}

/** Sends one utterance up as a WAV file. Throws ProviderError; rejects promptly once `signal` aborts. */
export async function transcribeUpload(
  client: OpenAI,
  samples: Int16Array,
  settings: UploadSettings,
  signal: AbortSignal,
): Promise<Understood> {
  const { provider, model, language, prompt, temperature } = settings;
  const request = {
    model,
    file: await toFile(waveFile(samples, SAMPLE_RATE_HZ), 'utterance.wav', { type: 'audio/wav' }),
    ...(language === undefined ? {} : { language }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(temperature === undefined ? {} : { temperature }),
  };
  try {
    const answer = await client.audio.transcriptions.create(
      settings.wordTimes
        ? { ...request, response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'] }
        : { ...request, response_format: 'json' },
      { signal },
    );
    return understoodOf(answer, settings, (samples.length * 1000) / SAMPLE_RATE_HZ);
  } catch (error) {
    signal.throwIfAborted();
    throw openaiFault(error, { provider, secrets: [settings.apiKey] });
  }
}

function understoodOf(answer: unknown, settings: UploadSettings, soundMs: number): Understood {
  if (!isAnswer(answer)) {
    throw new ProviderError('protocol', `${settings.provider}: the transcription has no text`, {
      provider: settings.provider,
      retryable: true,
    });
  }
  if (isSilence(answer)) return NOTHING_SAID;
  const words = (answer.words ?? []).map(
    ({ word, start, end }): SttWord => ({ text: word.trim(), startMs: start * 1000, endMs: end * 1000 }),
  );
  const language =
    settings.language === undefined && answer.language !== undefined
      ? languageTag(answer.language)
      : undefined;
  return {
    text: answer.text,
    words: orderedWords(words, soundMs),
    ...(language === undefined ? {} : { language }),
  };
}

type Answer = Pick<TranscriptionVerbose, 'text'> & Partial<TranscriptionVerbose>;

function isAnswer(answer: unknown): answer is Answer {
  return typeof answer === 'object' && answer !== null && 'text' in answer && typeof answer.text === 'string';
}

function isSilence({ segments = [] }: Answer): boolean {
  return (
    segments.length > 0 &&
    segments.every(
      ({ no_speech_prob, avg_logprob }) => no_speech_prob > NO_SPEECH_FROM && avg_logprob < UNSURE_BELOW,
    )
  );
}
