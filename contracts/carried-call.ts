import { z } from 'zod';
import { participantIdSchema, replyIdSchema, turnIdSchema } from './ids.ts';

const conversationItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('turn'),
    turnId: turnIdSchema,
    participantId: participantIdSchema,
    text: z.string(),
    source: z.enum(['speech', 'chat']),
    isUnintelligible: z.boolean(),
  }),
  z.object({
    kind: z.literal('reply'),
    replyId: replyIdSchema,
    heard: z.string(),
    unheard: z.string(),
    isInterrupted: z.boolean(),
    isOpen: z.boolean(),
  }),
  z.object({ kind: z.literal('overlap'), participantId: participantIdSchema, text: z.string() }),
]);

/** What recording is doing. `refused`: the caller did not agree. */
export const recordingPhaseSchema = z.enum(['none', 'waiting', 'on', 'paused', 'refused']);
export type RecordingPhase = z.infer<typeof recordingPhaseSchema>;

/** What a process that is lost leaves of a call, folded from its events: all that the next one goes on from. */
export const carriedCallSchema = z.object({
  /** Call clock of the last event that is known of it. */
  lostAtMs: z.number(),
  conversation: z.array(conversationItemSchema),
  flow: z.object({
    node: z.string(),
    mutesUser: z.boolean(),
    asksFor: z.enum(['anything', 'yesNo', 'digits', 'spelling']),
    allowsSpeculation: z.boolean(),
  }),
  /** Who is owed an answer of which nothing was heard. */
  owed: z.object({ turnId: turnIdSchema, participantId: participantIdSchema }).nullable(),
  /** The rest of a reply that was cut off, from the last word that was heard on. */
  unsaid: z
    .object({
      text: z.string(),
      /** The turn that it answers; null for a line of the agent's own. */
      turnId: turnIdSchema.nullable(),
      afterwards: z.enum(['listen', 'endCall']),
    })
    .nullable(),
  /** A participant was in mid-sentence: what was said is lost. */
  hasLostWords: z.boolean(),
  /** Said while it could not be answered. */
  kept: z.array(z.object({ participantId: participantIdSchema, turnId: turnIdSchema, text: z.string() })),
  awaitsFirstUtterance: z.boolean(),
  /** When the call reaches its longest time; null where it was never live. */
  endsAtMs: z.number().nullable(),
  recording: recordingPhaseSchema,
});
export type CarriedCall = z.infer<typeof carriedCallSchema>;
