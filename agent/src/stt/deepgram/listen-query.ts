import type { DeepgramClient } from '@deepgram/sdk';
import { SAMPLE_RATE_HZ } from './sample-rate.ts';
import type { DeepgramSttSettings } from './settings.ts';

/** What a stream is opened with. */
export interface SttQuery {
  readonly model: string;
  readonly language: string;
  readonly settings: DeepgramSttSettings;
}

/** Silence after the last word at which the vendor calls an utterance over, in ms: the least that it takes. */
const UTTERANCE_END_MS = 1_000;

/** A socket to Nova that is not connected yet. Flags are text: the vendor's query has no other. */
export function connectListen(client: DeepgramClient, { model, language, settings }: SttQuery) {
  const terms = settings.keyterms.length > 0 ? settings.keyterms : undefined;
  const takesKeyterms = model.startsWith('nova-3');
  return client.listen.v1.connect({
    model,
    language,
    encoding: 'linear16',
    sample_rate: String(SAMPLE_RATE_HZ),
    channels: '1',
    interim_results: 'true',
    vad_events: 'true',
    utterance_end_ms: String(UTTERANCE_END_MS),
    endpointing: String(settings.endpointingMs),
    punctuate: String(settings.punctuate),
    smart_format: String(settings.smartFormat),
    numerals: String(settings.numerals),
    profanity_filter: String(settings.profanityFilter),
    ...(terms === undefined ? {} : takesKeyterms ? { keyterm: terms } : { keywords: terms }),
    ...(settings.mipOptOut ? { mip_opt_out: 'true' } : {}),
    reconnectAttempts: 0,
  });
}
