import { z } from 'zod';

/**
 * From web/server to the agent of a running call, as JSON on the data topic `TOPIC.command`. Believed only from the
 * server: what its API sends comes from no participant, and no participant can send so.
 */
export const roomCommandSchema = z.discriminatedUnion('type', [
  /** Becomes the event `recordingRequested`. */
  z.object({ type: z.literal('setRecording'), state: z.enum(['on', 'paused']) }),
]);
export type RoomCommand = z.infer<typeof roomCommandSchema>;
