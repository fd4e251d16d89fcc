import { z } from 'zod';
import { callIdSchema, generationSchema, seatSchema } from './ids.ts';

/**
 * What agent processes tell web/server, under `/internal/*`. Bearer: a JWT of at most 5 minutes signed with the
 * LiveKit API secret, `aud` = `INTERNAL_AUDIENCE`.
 */
export const INTERNAL_AUDIENCE = 'parley-internal';

/** `POST /internal/claims`: may this process speak in this seat? One winner a (callId, seat, generation). */
export const claimRequestSchema = z.strictObject({
  callId: callIdSchema,
  seat: seatSchema,
  generation: generationSchema,
  /** Who claims; a claim repeated by its winner is granted again. */
  workerId: z.string().min(1).max(128),
});
export type ClaimRequest = z.infer<typeof claimRequestSchema>;

export const claimAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('granted') }),
  /** An equal or higher generation holds the seat. */
  z.strictObject({ kind: z.literal('refused'), heldGeneration: generationSchema }),
]);
export type ClaimAnswer = z.infer<typeof claimAnswerSchema>;

const agentSummarySchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  /** May be called without the access key, from an allowed origin. */
  isPublic: z.boolean(),
  /** SHA-256 of the definition's canonical JSON. */
  contentHash: z.string(),
});
export type AgentSummary = z.infer<typeof agentSummarySchema>;

export const stageReportSchema = z.strictObject({
  provider: z.string(),
  /** Why this provider was chosen, in words for a person. */
  reason: z.string(),
  /** What would switch on more, in words for a person. */
  upgrade: z.string(),
});
export type StageReport = z.infer<typeof stageReportSchema>;

export const stageNameSchema = z.enum(['vad', 'stt', 'llm', 'tts']);
export type StageName = z.infer<typeof stageNameSchema>;

/** `POST /internal/workers`: a worker process's state, sent at every change and every 2 s; forgotten after 6 s. */
export const workerReportSchema = z.strictObject({
  workerId: z.string().min(1).max(128),
  state: z.enum(['starting', 'ready', 'full', 'draining', 'stopped']),
  /** Registered with LiveKit under this process's agent names. */
  isRegistered: z.boolean(),
  calls: z.number().int().min(0),
  maxCalls: z.number().int().min(1),
  /** Empty until the process has made them. */
  stages: z.partialRecord(stageNameSchema, stageReportSchema),
  agents: z.array(agentSummarySchema),
  defaultAgent: z.string(),
  /** Faults of definition files, in words, with the file's name first. */
  definitionFaults: z.array(z.string()),
});
export type WorkerReport = z.infer<typeof workerReportSchema>;
