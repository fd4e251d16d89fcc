import { z } from 'zod';
import { createKeepAliveFetch } from '../runtime/keep-alive-fetch.ts';
import { createOpenaiClient, warmOpenai } from '../runtime/openai-client.ts';
import type { Provider, ProviderGiven } from '../runtime/provider.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import type { Stt } from './contract.ts';
import { formFetch } from './openai-form-fetch.ts';
import { primaryLanguage } from './openai-language.ts';
import { openRealtimeStream } from './openai-realtime.ts';
import { transcribeUpload } from './openai-upload.ts';
import { openUtteranceStream } from './openai-utterances.ts';

/** Models that transcribe while somebody speaks, and nothing else. Source: the vendor's guide to realtime transcription. */
const LIVE_MODEL = /^gpt-(realtime-whisper|live-transcribe)/;
/** Models that a session serves sooner than an upload: they begin before the utterance is over. */
const SESSION_MODEL = /^gpt-(4o(-mini)?-transcribe|realtime-whisper|live-transcribe)/;

/**
 * Silence after which an utterance is given to the vendor, in ms. The text is back 0.4 to 1 s later, so every wait here is
 * a wait of the caller; a shorter one cuts sentences at the breaths within them, of which each half is then understood
 * without the other. No more than the shortest wait for the end of a turn.
 */
const FINALIZE_AFTER_SILENCE_MS = 200;

const uploadSettings = {
  prompt: z.string().max(1_000).optional().meta({
    description: 'Names and words that are likely to be said, spelled as they should be. Default none.',
  }),
  temperature: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'How freely words are chosen, 0 to 1. Default: as the vendor has it, 0.' }),
  detectLanguage: z.boolean().default(false).meta({
    description:
      'Whether the model finds out the language by itself, and tells it, in place of being told. Default false.',
  }),
};

const openaiSettings = z.strictObject({
  ...uploadSettings,
  wordTimes: z.boolean().default(true).meta({
    description:
      'Whether whisper-1 tells when each word was said, which takes it a little longer. Default true.',
  }),
  over: z.enum(['upload', 'session']).optional().meta({
    description:
      'How sound gets there: each utterance as a file (upload), or while it is spoken (session). Default: upload for whisper-1, session for the others.',
  }),
  noiseReduction: z.enum(['near_field', 'far_field']).nullable().default(null).meta({
    description:
      'What a session does against noise: for headsets (near_field) or rooms (far_field). Default null: nothing.',
  }),
});

const localSettings = z.strictObject({
  ...uploadSettings,
  wordTimes: z.boolean().default(false).meta({
    description:
      'Whether the server is asked for verbose_json with word times, which not all have. Default false.',
  }),
});

/** Whisper and its followers, by utterance or in a session of their own. */
export const openaiStt: Provider<Stt> = {
  name: 'openai',
  title: 'OpenAI',
  key: 'OPENAI_API_KEY',
  baseUrl: { variable: 'OPENAI_BASE_URL', usual: 'https://api.openai.com/v1' },
  models: [
    { name: 'whisper-1', note: 'It hears whole utterances: its text comes half a second after they end.' },
    { name: 'gpt-4o-mini-transcribe' },
    { name: 'gpt-4o-transcribe' },
    { name: 'gpt-realtime-whisper' },
  ],
  settings: openaiSettings,
  create(given) {
    const { over, noiseReduction, ...settings } = parseSettings('openai', openaiSettings, given.settings);
    const isSession = (over ?? (SESSION_MODEL.test(given.model) ? 'session' : 'upload')) === 'session';
    const isLive = LIVE_MODEL.test(given.model);
    const refused = [
      isLive && !isSession && 'over: it takes no uploads',
      isLive && settings.prompt !== undefined && 'prompt: it takes none',
      isSession && settings.temperature !== undefined && 'temperature: uploads alone have one',
      !isSession && noiseReduction !== null && 'noiseReduction: sessions alone have it',
    ].find(Boolean);
    if (refused) throw badRequest('openai', `${given.model} with settings.${refused}`);
    const wordTimes = settings.wordTimes && given.model.startsWith('whisper');
    const session = isSession ? { noiseReduction } : null;
    return createOpenaiStt('openai', given, { ...settings, wordTimes }, session);
  },
};

/** Any server that speaks OpenAI's transcription API: faster-whisper, whisper.cpp, vLLM. */
export const localStt: Provider<Stt> = {
  name: 'local',
  title: 'Local server',
  key: null,
  baseUrl: { variable: 'LOCAL_STT_BASE_URL', usual: '' },
  models: [{ name: 'whisper-1', note: 'The name under which the server has its model; some take any.' }],
  settings: localSettings,
  create(given) {
    const settings = parseSettings('local', localSettings, given.settings);
    if (given.baseUrl === '') throw badRequest('local', 'name the address of the server as `baseUrl`');
    return createOpenaiStt('local', given, settings, null);
  },
};

function createOpenaiStt(
  provider: string,
  given: ProviderGiven,
  settings: z.output<typeof localSettings>,
  session: { readonly noiseReduction: 'near_field' | 'far_field' | null } | null,
): Stt {
  const { model, apiKey, baseUrl, clock, log } = given;
  const { prompt, temperature, detectLanguage, wordTimes } = settings;
  const connections = createKeepAliveFetch();
  const client = createOpenaiClient({ apiKey, baseUrl, fetch: formFetch(connections.fetch) });
  const closing = new AbortController();
  return {
    provider,
    model,
    capabilities: {
      givesInterims: session !== null && LIVE_MODEL.test(model),
      givesSpeechEvents: false,
      finalizeAfterSilenceMs: FINALIZE_AFTER_SILENCE_MS,
      // An upload that is lost fails by itself.
      mayGoDeaf: session !== null,
    },
    warm: () => warmOpenai(client, { provider, secrets: [apiKey], signal: closing.signal }),
    open(options) {
      if (closing.signal.aborted) {
        throw new ProviderError('unavailable', 'the recogniser is closed', { provider, retryable: false });
      }
      const { prefixPaddingMs } = options;
      const signal = AbortSignal.any([options.signal, closing.signal]);
      const language = detectLanguage ? undefined : primaryLanguage(options.language);
      const asked = { provider, model, apiKey, language, prompt };
      if (session !== null) {
        return openRealtimeStream({
          settings: { ...asked, baseUrl, noiseReduction: session.noiseReduction },
          prefixPaddingMs,
          signal,
          clock,
          log,
        });
      }
      return openUtteranceStream({
        provider,
        prefixPaddingMs,
        signal,
        understand: (samples, until) =>
          transcribeUpload(client, samples, { ...asked, temperature, wordTimes }, until),
        onDropped: (droppedMs) =>
          log.warn({ provider, droppedMs }, 'an utterance was too long to be kept whole'),
      });
    },
    async close() {
      closing.abort(new Error('the recogniser is closed'));
      await connections.close();
    },
  };
}

function badRequest(provider: string, message: string): ProviderError {
  return new ProviderError('bad_request', `${provider}: ${message}`, { provider, retryable: false });
}
