import type { SimulatedRoute } from '../simulated-vendor.ts';
import { realtimeRoute } from './realtime.ts';
import { speechRoute } from './speech.ts';
import { transcriptionsRoute } from './transcriptions.ts';

/** Where OpenAI hears and speaks; its chat stands under the same base URL. */
export const OPENAI_AUDIO_ROUTES: readonly SimulatedRoute[] = [
  transcriptionsRoute,
  speechRoute,
  realtimeRoute,
];
