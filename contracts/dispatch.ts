import { z } from 'zod';
import { generationSchema, MAIN_SEAT, seatSchema } from './ids.ts';

/** The agent name under which workers register with LiveKit, and which every dispatch of ours carries. */
export const WORKER_AGENT_NAME = 'parley';

/** Where a variable's value came from; decides what it may fill. */
export const variableSourceSchema = z.enum(['operator', 'token', 'sip', 'tool', 'caller']);

export const variableSchema = z.object({
  value: z.string().max(1024),
  source: variableSourceSchema,
});

/**
 * What a dispatch tells the worker, as JSON in LiveKit's job metadata.
 * An empty string stands for every default, so that a dispatch made by hand works.
 */
export const jobMetadataSchema = z.object({
  /** Name of the agent definition; the worker's default agent where absent. */
  agent: z.string().min(1).max(64).optional(),
  version: z.number().int().min(1).optional(),
  variables: z.record(z.string().max(64), variableSchema).default({}),
  generation: generationSchema.default(1),
  /** A caller was with an earlier generation when it was lost: the agent takes up the call and greets no more. */
  resumes: z.boolean().default(false),
  seat: seatSchema.default(MAIN_SEAT),
  /** The API key that the call was begun with. */
  ownerKeyId: z.string().max(64).optional(),
  /** How long the agent waits for its first caller before it leaves, in ms. Default 15,000 (a token's caller). */
  callerWaitMs: z.number().int().min(1_000).max(600_000).default(15_000),
});
export type JobMetadata = z.infer<typeof jobMetadataSchema>;

/** Reads a job's metadata. Throws a ZodError that names each faulty field. */
export function parseJobMetadata(text: string): JobMetadata {
  if (text.trim() === '') return jobMetadataSchema.parse({});
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error('job metadata is not JSON', { cause });
  }
  return jobMetadataSchema.parse(json);
}
