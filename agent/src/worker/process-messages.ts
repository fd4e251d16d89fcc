import { jobMetadataSchema } from '@parley/contracts/dispatch';
import { callIdSchema, participantIdSchema } from '@parley/contracts/ids';
import { z } from 'zod';

/** What a supervisor must know of a call to give it to another process. */
export const supervisedCallSchema = z.object({
  jobId: z.string(),
  callId: callIdSchema,
  roomName: z.string(),
  identity: participantIdSchema,
  metadata: jobMetadataSchema,
});
export type SupervisedCall = z.infer<typeof supervisedCallSchema>;

/** From a worker process to its supervisor. */
export const childMessageSchema = z.discriminatedUnion('type', [
  /** It is registered with livekit-server for the first time. */
  z.object({ type: z.literal('ready') }),
  /** Sent every 2 s from the first moment; one that sends none hangs. */
  z.object({ type: z.literal('beat'), rssMb: z.number(), calls: z.number() }),
  /** Its state is in doubt: it should be drained and replaced. */
  z.object({ type: z.literal('tainted') }),
  z.object({ type: z.literal('callStarted'), call: supervisedCallSchema }),
  z.object({
    type: z.literal('callEnded'),
    jobId: z.string(),
    outcome: z.enum(['ended', 'failed', 'refused', 'lost']),
  }),
]);
export type ChildMessage = z.infer<typeof childMessageSchema>;

/** From a supervisor to a worker process. */
export const parentMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('drain') }),
  z.object({ type: z.literal('stop') }),
]);
export type ParentMessage = z.infer<typeof parentMessageSchema>;

/** What a supervisor gives a worker process as its one argument, as JSON. */
export const processArgumentSchema = z.object({
  index: z.number().int().min(0),
  /** 0: any free one. */
  healthPort: z.number().int().min(0).max(65_535),
  /** The health port is a default that may move to a free one where it is taken. */
  mayMovePort: z.boolean(),
});
export type ProcessArgument = z.infer<typeof processArgumentSchema>;

/** Exit code of a process whose settings cannot work: starting it again would not help. Source: sysexits EX_CONFIG. */
export const EXIT_CONFIG = 78;
