import { z } from 'zod';
import type { Provider } from '../runtime/provider.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import { SARVAM, sarvamFault, sarvamHeaders, sarvamLanguage } from '../runtime/sarvam-connection.ts';
import { openVendorSocket } from '../runtime/vendor-socket.ts';
import type { Stt } from './contract.ts';
import { openSarvamStream } from './sarvam-stream.ts';

const SAMPLE_RATE_HZ = 16_000;

/** Source: sarvamai 1.1.10 SpeechToTextStreamingLanguageCode. */
const LANGUAGES = 'en hi bn gu kn ml mr od pa ta te as ur ne kok ks sd sa sat mni brx mai doi'
  .split(' ')
  .map((language) => `${language}-IN`);

/** What the vendor calls a language that it is to find out. */
const UNKNOWN_LANGUAGE = 'unknown';

/** Models that only transcribe, and take no mode. */
const ONLY_TRANSCRIBES = /^saarika/;

/**
 * Silence after which the vendor is made to transcribe what it has, in ms: no more than the shortest wait for the end of
 * a turn. A shorter one cuts sentences at the breaths within them.
 */
const FINALIZE_AFTER_SILENCE_MS = 200;

const settings = z.strictObject({
  sttMode: z.enum(['transcribe', 'translate', 'verbatim']).default('transcribe').meta({
    description:
      'What is written: what was said (transcribe), its English (translate), or each word as it was said (verbatim). Default transcribe.',
  }),
  detectLanguage: z.boolean().default(false).meta({
    description:
      'Whether the vendor finds out the language by itself, in place of being told. Default false.',
  }),
  highVadSensitivity: z.boolean().default(false).meta({
    description:
      'Whether the vendor takes half a second of silence for the end of an utterance, not a whole one. Default false.',
  }),
});

/** Sarvam's recognition of Indian languages, over its streaming websocket. */
export const sarvamStt: Provider<Stt> = {
  name: SARVAM.name,
  title: SARVAM.title,
  key: SARVAM.key,
  baseUrl: SARVAM.baseUrl,
  models: [
    { name: 'saaras:v3' },
    { name: 'saaras:v4' },
    { name: 'saarika:v2.5', withdrawnFor: 'saaras:v3', note: 'It transcribes and does nothing else.' },
  ],
  settings,
  create({ model, settings: unchecked, apiKey, baseUrl, clock, log }) {
    const chosen = parseSettings(SARVAM.name, settings, unchecked);
    const takesMode = !ONLY_TRANSCRIBES.test(model);
    if (!takesMode && chosen.sttMode !== 'transcribe') {
      throw sarvamFault('bad_request', `${model} cannot ${chosen.sttMode}; saaras:v3 can`, false);
    }
    const closing = new AbortController();
    const addressFor = (language: string) => {
      const query = new URLSearchParams({
        'language-code': language,
        model,
        ...(takesMode ? { mode: chosen.sttMode } : {}),
        sample_rate: String(SAMPLE_RATE_HZ),
        input_audio_codec: 'pcm_s16le',
        vad_signals: 'true',
        flush_signal: 'true',
        ...(chosen.highVadSensitivity ? { high_vad_sensitivity: 'true' } : {}),
      });
      return `${baseUrl}/speech-to-text/ws?${query}`;
    };
    return {
      provider: SARVAM.name,
      model,
      capabilities: {
        // What it transcribes before it is asked is an interim, but comes after the speech.
        givesInterims: false,
        givesSpeechEvents: true,
        finalizeAfterSilenceMs: FINALIZE_AFTER_SILENCE_MS,
        mayGoDeaf: true,
      },
      // A stream opens its own connection with the call, long before anybody speaks: this asks whether the key is let in.
      async warm() {
        const socket = await openVendorSocket({
          provider: SARVAM.name,
          url: addressFor(UNKNOWN_LANGUAGE),
          headers: sarvamHeaders(apiKey),
          secrets: [apiKey],
          signal: closing.signal,
          clock,
          onText() {},
          onClosed() {},
        });
        socket.close();
      },
      open(options) {
        if (closing.signal.aborted) {
          throw new ProviderError('unavailable', 'the recogniser is closed', {
            provider: SARVAM.name,
            retryable: false,
          });
        }
        const language = chosen.detectLanguage
          ? UNKNOWN_LANGUAGE
          : sarvamLanguage(options.language, LANGUAGES);
        if (language === null) {
          const known = LANGUAGES.map((tag) => tag.slice(0, -3)).join(', ');
          const help = 'set the key of another speech provider';
          throw sarvamFault('bad_request', `"${options.language}" is not among ${known}; ${help}`, false);
        }
        return openSarvamStream({
          url: addressFor(language),
          apiKey,
          signal: AbortSignal.any([options.signal, closing.signal]),
          clock,
          log,
        });
      },
      async close() {
        closing.abort(new Error('the recogniser is closed'));
      },
    };
  },
};
