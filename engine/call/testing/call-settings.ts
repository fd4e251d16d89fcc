import { turnPhrasesSchema, turnSettingsSchema } from '@parley/contracts/agent-definition';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { NO_PRICES } from '../../cost/price-table.ts';
import type { CallSettings } from '../settings.ts';

/** Settings for tests: neither idle steps nor speculation, a recogniser with interims, asked for its final at 300 ms of silence. */
export function testSettings(change: Partial<CallSettings> = {}): CallSettings {
  return {
    generation: 1,
    resumes: false,
    language: 'en',
    turn: turnSettingsSchema.parse({}),
    phrases: turnPhrasesSchema.parse({}),
    pipeline: pipelineSettingsSchema.parse({ idle: [], speculation: { enabled: false } }),
    prices: NO_PRICES,
    greeting: 'Hello there. How can I help?',
    resumeLine: 'Sorry, I lost you for a moment.',
    apology: 'Sorry, something went wrong.',
    startNode: 'start',
    finalizeAfterSilenceMs: 300,
    givesInterims: true,
    reopensDeafStt: false,
    scoresEndOfTurn: false,
    providers: { stt: ['heard/one'], llm: ['thought/one'], tts: ['said/one'] },
    switchRules: [],
    startsAtMs: 0,
    recording: 'none',
    consentLine: '',
    callerWaitMs: 15_000,
    ...change,
  };
}
