import { z } from 'zod';
import { createKeepAliveFetch } from '../runtime/keep-alive-fetch.ts';
import { createOpenaiClient, warmOpenai } from '../runtime/openai-client.ts';
import type { Provider, ProviderGiven } from '../runtime/provider.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import type { Tts } from './contract.ts';
import { createOpenaiSpeech } from './openai-speech.ts';
import { createOpenReplies } from './reply.ts';

/** Rate of the vendor's PCM, in Hz. Source: its guide to speech. */
const OPENAI_RATE_HZ = 24_000;

/** Source: openai 6.49 resources/audio/speech.d.ts; tts-1 and tts-1-hd lack the later ones. */
const VOICES = ['alloy', 'ash', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer'];
const LATER_VOICES = ['ballad', 'cedar', 'marin', 'verse'];

const speed = z.number().min(0.25).max(4).optional().meta({
  description: 'How fast it speaks, 0.25 to 4. Default: as the vendor has it, 1.',
});
const instructions = z.string().min(1).max(4_000).optional().meta({
  description: 'How it is to speak, in words: mood, accent, pace. Models before gpt-4o-mini-tts take none.',
});

const openaiSettings = z.strictObject({ speed, instructions });

const localSettings = z.strictObject({
  speed,
  instructions,
  voices: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(200)
    .default(['alloy'])
    .meta({ description: 'Voices that the server has, its default first. Default: alloy.' }),
  sampleRateHz: z.number().int().min(8_000).max(48_000).default(OPENAI_RATE_HZ).meta({
    description:
      'Rate of the PCM that the server gives, in Hz, 8,000 to 48,000. Default 24,000, as OpenAI gives.',
  }),
});

/** OpenAI's voices, each segment streamed as it is made. */
export const openaiTts: Provider<Tts> = {
  name: 'openai',
  title: 'OpenAI',
  key: 'OPENAI_API_KEY',
  baseUrl: { variable: 'OPENAI_BASE_URL', usual: 'https://api.openai.com/v1' },
  models: [
    { name: 'tts-1' },
    { name: 'tts-1-hd', note: 'It sounds fuller and begins later.' },
    { name: 'gpt-4o-mini-tts', note: 'It takes instructions on how to speak.' },
  ],
  voices: [...VOICES, ...LATER_VOICES].map((name) => ({ name })),
  settings: openaiSettings,
  create(given) {
    const settings = parseSettings('openai', openaiSettings, given.settings);
    const isFirstModel = given.model.startsWith('tts-1');
    if (isFirstModel && settings.instructions !== undefined) {
      throw badRequest('openai', `${given.model} takes no instructions; gpt-4o-mini-tts does`);
    }
    const voices = isFirstModel ? VOICES : [...VOICES, ...LATER_VOICES];
    return createOpenaiTts('openai', given, { ...settings, voices, sampleRateHz: OPENAI_RATE_HZ });
  },
};

/** Any server that speaks OpenAI's speech API: Kokoro, Piper and others behind it. */
export const localTts: Provider<Tts> = {
  name: 'local',
  title: 'OpenAI-compatible server',
  key: null,
  baseUrl: { variable: 'LOCAL_TTS_BASE_URL', usual: '' },
  models: [{ name: 'tts-1', note: 'The name by which the server knows its model; some take any.' }],
  settings: localSettings,
  create(given) {
    const settings = parseSettings('local', localSettings, given.settings);
    if (given.baseUrl === '') throw badRequest('local', 'name the address of the server as `baseUrl`');
    return createOpenaiTts('local', given, settings);
  },
};

function createOpenaiTts(
  provider: string,
  { model, apiKey, baseUrl }: ProviderGiven,
  settings: z.output<typeof localSettings>,
): Tts {
  const { voices, sampleRateHz } = settings;
  const connections = createKeepAliveFetch();
  const client = createOpenaiClient({ apiKey, baseUrl, fetch: connections.fetch });
  const speakWith = createOpenaiSpeech(client, {
    provider,
    model,
    apiKey,
    sampleRateHz,
    speed: settings.speed,
    instructions: settings.instructions,
  });
  const replies = createOpenReplies({ provider });
  const closing = new AbortController();

  const checkVoice = (voice: string) => {
    if (!voices.includes(voice)) {
      throw badRequest(provider, `${model} has no voice "${voice}"; it has: ${voices.join(', ')}`);
    }
  };
  return {
    provider,
    model,
    voices,
    sampleRateHz(voice) {
      checkVoice(voice);
      return sampleRateHz;
    },
    warm: () => warmOpenai(client, { provider, secrets: [apiKey], signal: closing.signal }),
    open({ voice, signal }) {
      checkVoice(voice);
      return replies.open({ signal, speak: speakWith(voice) });
    },
    async close() {
      closing.abort(new Error('the voice is closed'));
      replies.close();
      await connections.close();
    },
  };
}

function badRequest(provider: string, message: string): ProviderError {
  return new ProviderError('bad_request', `${provider}: ${message}`, { provider, retryable: false });
}
