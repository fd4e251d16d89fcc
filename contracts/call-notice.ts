import { z } from 'zod';

/**
 * Why a call has no agent: `no_worker` none is registered, `full` every worker is at its limit, `definition_fault` the
 * agent's file is faulty or unknown, `agent_failed` it was dispatched and did not come, `agent_lost` it died and did
 * not come back.
 */
export const callNoticeCauseSchema = z.enum([
  'no_worker',
  'full',
  'definition_fault',
  'agent_failed',
  'agent_lost',
]);
export type CallNoticeCause = z.infer<typeof callNoticeCauseSchema>;

/** From web/server to the page, as JSON on the data topic `TOPIC.notice`. */
export const callNoticeSchema = z.object({
  cause: callNoticeCauseSchema,
  /** The cause and what to do about it, in words for a person. */
  message: z.string().min(1).max(1024),
});
export type CallNotice = z.infer<typeof callNoticeSchema>;
