import { z } from 'zod';

/** A call: the SID of its LiveKit room (`RM_...`), unique even when a room name is used again. */
export const callIdSchema = z.string().min(1).max(128).brand<'CallId'>();
export type CallId = z.infer<typeof callIdSchema>;

/** A participant of a call: its LiveKit identity. */
export const participantIdSchema = z.string().min(1).max(256).brand<'ParticipantId'>();
export type ParticipantId = z.infer<typeof participantIdSchema>;

/** One answer of the agent, from the request to the model until its last word was heard or cut. */
export const replyIdSchema = z.string().min(1).max(64).brand<'ReplyId'>();
export type ReplyId = z.infer<typeof replyIdSchema>;

/** A speakable piece of a reply, about a sentence: the unit given to a voice. */
export const segmentIdSchema = z.string().min(1).max(64).brand<'SegmentId'>();
export type SegmentId = z.infer<typeof segmentIdSchema>;

/** What one participant said until the agent may answer. */
export const turnIdSchema = z.string().min(1).max(64).brand<'TurnId'>();
export type TurnId = z.infer<typeof turnIdSchema>;

/** A model's request to run a tool. */
export const toolCallIdSchema = z.string().min(1).max(128).brand<'ToolCallId'>();

/** An agent's place in a call. The one that owns the call's record is `main`. */
export const seatSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
  .brand<'Seat'>();
export type Seat = z.infer<typeof seatSchema>;
export const MAIN_SEAT = seatSchema.parse('main');

/** How often a call has been given an agent process: 1 at first, one more at each dispatch after a death. */
export const generationSchema = z.number().int().min(1);

/** The identity under which the agent of a seat joins; the same in every generation. */
export function agentIdentity(callId: CallId, seat: Seat): ParticipantId {
  const identity = seat === MAIN_SEAT ? `agent-${callId}` : `agent-${callId}-${seat}`;
  return participantIdSchema.parse(identity);
}
