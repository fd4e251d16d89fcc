import type { DeepgramClient } from '@deepgram/sdk';
import { failed } from '../../runtime/deepgram-connection.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import type { SttQuery } from './listen-query.ts';
import { SAMPLE_RATE_HZ } from './sample-rate.ts';

/** A socket to Flux that is not connected yet. */
export function connectFlux(client: DeepgramClient, { model, language, settings }: SttQuery) {
  const hint = language.split('-')[0] ?? language;
  return client.listen.v2.connect({
    model,
    encoding: 'linear16',
    sample_rate: String(SAMPLE_RATE_HZ),
    eot_threshold: String(settings.eotThreshold),
    eot_timeout_ms: String(settings.eotTimeoutMs),
    ...(settings.numerals ? { numerals: 'true' } : {}),
    ...(settings.profanityFilter ? { profanity_filter: 'true' } : {}),
    ...(model.endsWith('-multi') && hint !== 'multi' ? { language_hint: hint } : {}),
    ...(settings.keyterms.length > 0 ? { keyterm: settings.keyterms } : {}),
    ...(settings.mipOptOut ? { mip_opt_out: 'true' } : {}),
    reconnectAttempts: 0,
  });
}

/** The fault of a language that the model lacks, or null. What a model for several lacks the vendor says. */
export function fluxLanguageFault(model: string, language: string): ProviderError | null {
  if (!model.endsWith('-en') || /^en(-|$)/i.test(language)) return null;
  return failed(
    'bad_request',
    `${model} understands English, not "${language}"; take flux-general-multi, or set another vendor's key`,
  );
}
