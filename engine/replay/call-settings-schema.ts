import { turnPhrasesSchema, turnSettingsSchema } from '@parley/contracts/agent-definition';
import { generationSchema } from '@parley/contracts/ids';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { z } from 'zod';
import type { CallSettings } from '../call/settings.ts';

/** The settings as a journal's header holds them. What `turn`, `phrases` and `pipeline` lack takes its default. */
export const callSettingsSchema: z.ZodType<CallSettings> = z.object({
  generation: generationSchema,
  resumes: z.boolean(),
  language: z.string(),
  turn: turnSettingsSchema,
  phrases: turnPhrasesSchema,
  pipeline: pipelineSettingsSchema,
  greeting: z.string(),
  resumeLine: z.string(),
  apology: z.string(),
  startNode: z.string(),
  finalizeAfterSilenceMs: z.number(),
  givesInterims: z.boolean(),
  reopensDeafStt: z.boolean(),
  scoresEndOfTurn: z.boolean(),
  callerWaitMs: z.number(),
});
