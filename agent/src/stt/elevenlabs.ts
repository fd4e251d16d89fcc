import { z } from 'zod';
import { ELEVENLABS, ELEVENLABS_ACCESS, elevenlabsError } from '../runtime/elevenlabs-account.ts';
import type { Provider, ProviderGiven } from '../runtime/provider.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import { openVendorSocket } from '../runtime/vendor-socket.ts';
import type { Stt } from './contract.ts';
import { openScribeStream } from './elevenlabs/scribe-stream.ts';

const settingsSchema = z.strictObject({
  keyterms: z.array(z.string().min(1).max(20)).max(50).default([]).meta({
    description:
      'Words that are likely to be said, spelled as they should be; at most 50 of at most 20 characters. Default none.',
  }),
  detectLanguage: z.boolean().default(false).meta({
    description:
      'Whether the model finds out the language by itself, and tells it, in place of being told. Default false.',
  }),
  leaveOutFillers: z.boolean().default(false).meta({
    description: 'Whether fillers and false starts are left out of what was said. Default false.',
  }),
});

export const elevenlabsStt: Provider<Stt> = {
  ...ELEVENLABS_ACCESS,
  models: [{ name: 'scribe_v2_realtime' }],
  settings: settingsSchema,
  create: createElevenlabsStt,
};

function createElevenlabsStt(given: ProviderGiven): Stt {
  const { model, apiKey, baseUrl, clock, log } = given;
  const settings = parseSettings(ELEVENLABS, settingsSchema, given.settings);
  const closing = new AbortController();
  const addressFor = (language: string) =>
    `${baseUrl}/v1/speech-to-text/realtime?${queryOf(model, settings, language)}`;
  return {
    provider: ELEVENLABS,
    model,
    capabilities: {
      givesInterims: true,
      givesSpeechEvents: false,
      // A commit only ends a piece of text: what is said after it is heard as well.
      finalizeAfterSilenceMs: 0,
      mayGoDeaf: true,
    },
    // A stream opens its own session with the call, long before anybody speaks: this asks whether the key is let in.
    async warm() {
      const socket = await openVendorSocket({
        provider: ELEVENLABS,
        url: addressFor('en'),
        headers: { 'xi-api-key': apiKey },
        secrets: [apiKey],
        signal: closing.signal,
        clock,
        onText() {},
        onClosed() {},
      });
      socket.close();
    },
    open({ language, prefixPaddingMs, signal }) {
      if (closing.signal.aborted) {
        throw elevenlabsError('unavailable', 'the recogniser is closed', { retryable: false });
      }
      return openScribeStream({
        url: addressFor(language),
        apiKey,
        prefixPaddingMs,
        signal: AbortSignal.any([signal, closing.signal]),
        clock,
        log,
      });
    },
    async close() {
      closing.abort(new Error('the recogniser is closed'));
    },
  };
}

/** Source: wrapper/realtime/scribe.js of the vendor's SDK 2.73. */
function queryOf(
  model: string,
  settings: z.output<typeof settingsSchema>,
  language: string,
): URLSearchParams {
  const query = new URLSearchParams({
    model_id: model,
    audio_format: 'pcm_16000',
    commit_strategy: 'manual',
    include_timestamps: 'true',
  });
  if (settings.detectLanguage) query.set('include_language_detection', 'true');
  else query.set('language_code', language.split('-')[0] ?? language);
  if (settings.leaveOutFillers) query.set('no_verbatim', 'true');
  for (const keyterm of settings.keyterms) query.append('keyterms', keyterm);
  return query;
}
