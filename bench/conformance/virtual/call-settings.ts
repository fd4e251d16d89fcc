import { turnPhrasesSchema, turnSettingsSchema } from '@parley/contracts/agent-definition';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import type { CallSettings } from '@parley/engine/call/settings';
import { NO_PRICES } from '@parley/engine/cost/price-table';
import type { SeededRandom } from '../seeded-random.ts';

/** Streaming recognisers are asked for their final; the embedded one knows whole utterances. Half of the talks each. */
const STREAMING = { givesInterims: true, finalizeAfterSilenceMs: 300 };
const WHOLE_UTTERANCES = { givesInterims: false, finalizeAfterSilenceMs: 3_000 };

/** An agent with the defaults of every setting but the wait for silence. */
export function drawSettings(
  random: SeededRandom,
  { silenceDurationMs, hasModel }: { readonly silenceDurationMs: number; readonly hasModel: boolean },
): CallSettings {
  return {
    generation: 1,
    resumes: false,
    language: 'en',
    turn: turnSettingsSchema.parse({ vadParams: { silenceDurationMs } }),
    phrases: turnPhrasesSchema.parse({}),
    pipeline: pipelineSettingsSchema.parse({}),
    prices: NO_PRICES,
    greeting: 'Hello there, this is the bicycle shop.',
    resumeLine: 'Sorry, I lost you for a moment.',
    apology: 'Sorry, something went wrong.',
    startNode: 'start',
    ...(random.next() < 0.5 ? STREAMING : WHOLE_UTTERANCES),
    reopensDeafStt: false,
    scoresEndOfTurn: hasModel,
    providers: { stt: [], llm: [], tts: [] },
    switchRules: [],
    startsAtMs: 0,
    recording: 'none',
    consentLine: '',
    callerWaitMs: 15_000,
  };
}
