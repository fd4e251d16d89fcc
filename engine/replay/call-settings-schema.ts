import { turnPhrasesSchema, turnSettingsSchema } from '@parley/contracts/agent-definition';
import { generationSchema } from '@parley/contracts/ids';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { switchRuleSchema } from '@parley/contracts/provider-choice';
import { z } from 'zod';
import type { CallSettings } from '../call/settings.ts';
import { priceTableSchema } from '../cost/price-table.ts';

/**
 * The settings as a journal's header holds them. A setting that an older journal lacks has the value that means what
 * engines did before there was one.
 */
export const callSettingsSchema: z.ZodType<CallSettings> = z.object({
  generation: generationSchema,
  resumes: z.boolean(),
  language: z.string(),
  turn: turnSettingsSchema,
  phrases: turnPhrasesSchema.prefault({}),
  pipeline: pipelineSettingsSchema.prefault({ idle: [], speculation: { enabled: false } }),
  prices: priceTableSchema.prefault({}),
  greeting: z.string(),
  resumeLine: z.string(),
  apology: z.string(),
  startNode: z.string(),
  finalizeAfterSilenceMs: z.number(),
  givesInterims: z.boolean(),
  reopensDeafStt: z.boolean().default(false),
  scoresEndOfTurn: z.boolean().default(false),
  providers: z
    .record(z.enum(['stt', 'llm', 'tts']), z.array(z.string()))
    .default({ stt: [], llm: [], tts: [] }),
  switchRules: z.array(switchRuleSchema).default([]),
  startsAtMs: z.number().default(0),
  recording: z.enum(['none', 'unasked', 'afterConsent']).default('none'),
  consentLine: z.string().default(''),
  callerWaitMs: z.number(),
});
