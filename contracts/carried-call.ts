import { z } from 'zod';
import { participantIdSchema, replyIdSchema, turnIdSchema } from './ids.ts';

/** What was said in the call, in order: what the model is told and the record keeps. */
const conversationItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('turn'),
    turnId: turnIdSchema,
    participantId: participantIdSchema,
    text: z.string(),
    source: z.enum(['speech', 'chat']),
    /** Something was said that could not be put into words; `text` is empty. */
    isUnintelligible: z.boolean(),
  }),
  z.object({
    kind: z.literal('reply'),
    replyId: replyIdSchema,
    /** What the caller heard; the rest is never shown to the model as said. */
    heard: z.string(),
    unheard: z.string(),
    isInterrupted: z.boolean(),
    isOpen: z.boolean(),
  }),
  /** Words over the agent's speech that did not take the floor. */
  z.object({ kind: z.literal('overlap'), participantId: participantIdSchema, text: z.string() }),
]);

/** The step of a script or the node of a flow that a call is at. */
export const nodePlaceSchema = z.object({
  node: z.string(),
  /** The caller is muted while the call is here. */
  mutesUser: z.boolean(),
  /** What the caller is asked for here; `yesNo`: agreeing words are an answer, whatever the agent is saying. */
  asksFor: z.enum(['anything', 'yesNo', 'digits', 'spelling']),
  /** An answer may be begun on a guess here: nothing that is done afterwards changes what it is made from. */
  allowsSpeculation: z.boolean(),
});

/** Words that were said while they could not be answered. */
const keptWordsSchema = z.object({
  participantId: participantIdSchema,
  turnId: turnIdSchema,
  text: z.string(),
});

/** Who fulfils the stages of a call: `provider/model`. */
const providerIdsSchema = z.object({ stt: z.string(), llm: z.string(), tts: z.string() });
export type ProviderIds = Readonly<z.infer<typeof providerIdsSchema>>;

/** What recording is doing. `refused`: the caller did not agree. */
export const recordingPhaseSchema = z.enum(['none', 'waiting', 'on', 'paused', 'refused']);
export type RecordingPhase = z.infer<typeof recordingPhaseSchema>;

export type ConversationItem = Readonly<z.infer<typeof conversationItemSchema>>;
export type NodePlace = Readonly<z.infer<typeof nodePlaceSchema>>;
export type KeptWords = Readonly<z.infer<typeof keptWordsSchema>>;

/** What a process that is lost leaves of a call, folded from its events: all that the next one goes on from. */
export const carriedCallSchema = z.object({
  /** Call clock of the last event that is known of it. */
  lostAtMs: z.number(),
  conversation: z.array(conversationItemSchema),
  flow: nodePlaceSchema,
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
  kept: z.array(keptWordsSchema),
  awaitsFirstUtterance: z.boolean(),
  /** When the call reaches its longest time; null where it was never live. */
  endsAtMs: z.number().nullable(),
  recording: recordingPhaseSchema,
  /** Who fulfilled the stages, and the language; absent where a journal is older than their switching. */
  providers: providerIdsSchema.extend({ language: z.string() }).optional(),
  /** What the call has cost so far, in US dollars, by the prices of its settings. */
  spentUsd: z.number().min(0).default(0),
});
export type CarriedCall = z.infer<typeof carriedCallSchema>;
