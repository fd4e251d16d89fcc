import { z } from 'zod';
import { endReasonSchema } from './call-event.ts';
import { callIdSchema, participantIdSchema, replyIdSchema, turnIdSchema } from './ids.ts';

/** How long a stage took, in ms; null where it was not measured or did not happen, never 0 in its place. */
const stageMsSchema = z.number().min(0).nullable();

/**
 * Where the time between a caller's last sound and the answer's first went. The stages follow each other, so that they
 * add up to `voiceToVoiceMs` where each is there.
 */
export const turnLatencySchema = z.object({
  /** From the caller's last speech until the turn was taken as over: silence wait, end-of-turn model, STT final. */
  endOfTurnMs: stageMsSchema,
  /** Of that, from the last speech until the recogniser's last final; it overlaps the wait. */
  sttFinalMs: stageMsSchema,
  /** From the turn's commit until the model's first text; 0 where it was there by speculation. */
  llmFirstTokenMs: stageMsSchema,
  /** From the model's first text until the voice's first sound. */
  ttsFirstByteMs: stageMsSchema,
  /** From the voice's first sound until it was given to the room. */
  playoutMs: stageMsSchema,
  /**
   * Network, jitter buffers and devices: from there to the caller's ear, and the way of the caller's last sound to the
   * agent, at which the other stages are measured.
   */
  transportMs: stageMsSchema,
  /** From the caller's last sound at their mouth to the answer's first at their ear, estimated from the above. */
  voiceToVoiceMs: stageMsSchema,
  /** The answer was begun on a guess, before the turn was over. */
  isSpeculated: z.boolean(),
});
export type TurnLatency = z.infer<typeof turnLatencySchema>;

/** What the agent tells the room of an answer, under the topic `TOPIC.latency`. */
export const replyLatencySchema = turnLatencySchema.extend({ replyId: replyIdSchema });
export type ReplyLatency = z.infer<typeof replyLatencySchema>;

/** The text up to `charEnd` (UTF-16 code units) had sounded at `atMs` of the call clock. */
export const wordMarkSchema = z.object({ charEnd: z.number().int().min(0), atMs: z.number() });
export type WordMark = z.infer<typeof wordMarkSchema>;

const spokenSchema = z.object({
  startedAtMs: z.number(),
  /** Null while it goes on. */
  endedAtMs: z.number().nullable(),
  /** For following the text in the recording; empty for what was typed. */
  marks: z.array(wordMarkSchema),
  /** The marks are spread over the time by length, since nothing told of the words' own times. */
  areMarksEstimated: z.boolean(),
});

/** One thing said in a call, in order of its beginning. */
export const recordedTurnSchema = z.discriminatedUnion('role', [
  spokenSchema.extend({
    role: z.literal('caller'),
    turnId: turnIdSchema,
    participantId: participantIdSchema,
    text: z.string(),
    source: z.enum(['speech', 'chat']),
    /** Something was said that could not be put into words; `text` is empty. */
    isUnintelligible: z.boolean(),
    /** False: said over the agent, while it could not be answered or as the call was lost or ended; not answered. */
    hasFloor: z.boolean(),
  }),
  spokenSchema.extend({
    role: z.literal('agent'),
    replyId: replyIdSchema,
    /** The turn that it answers; null for greeting, idle lines and the like. */
    answers: turnIdSchema.nullable(),
    /** What was heard. */
    text: z.string(),
    /** What was given to the voice and not heard. */
    unheard: z.string(),
    isInterrupted: z.boolean(),
    latency: turnLatencySchema,
  }),
]);
export type RecordedTurn = z.infer<typeof recordedTurnSchema>;

/** What one model counted in a call. Null: it does not count that. */
export const modelUsageSchema = z.object({
  stage: z.enum(['stt', 'llm', 'tts']),
  provider: z.string(),
  model: z.string(),
  audioMs: z.number().nullable(),
  characters: z.number().nullable(),
  inputTokens: z.number().nullable(),
  /** Of `inputTokens`, those that the vendor had cached. */
  cachedInputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  /** In US dollars, by the price table of the server when the call was stored; null where it has no price. */
  costUsd: z.number().nullable(),
});
export type ModelUsage = z.infer<typeof modelUsageSchema>;

/** What vendors count, summed over the call. Null: the stage did not tell. */
export const callUsageSchema = z.object({
  sttAudioMs: z.number().nullable(),
  llmInputTokens: z.number().nullable(),
  llmOutputTokens: z.number().nullable(),
  ttsCharacters: z.number().nullable(),
  /** Answers begun on a guess, and those of them that were used. */
  speculations: z.number().int(),
  usedSpeculations: z.number().int(),
  /** The same by stage, provider and model, in the order of their first use; empty in calls of versions that did not tell. */
  byModel: z.array(modelUsageSchema).default([]),
});
export type CallUsage = z.infer<typeof callUsageSchema>;

/** Over the answers of a call; null where none was measured. */
export const latencySummarySchema = z.object({
  voiceToVoiceP50Ms: z.number().nullable(),
  voiceToVoiceP95Ms: z.number().nullable(),
  answers: z.number().int(),
});
export type LatencySummary = z.infer<typeof latencySummarySchema>;

/** A point of the call that is neither said nor heard. */
export const callMomentSchema = z.object({
  atMs: z.number(),
  kind: z.enum([
    'agent_lost',
    'agent_resumed',
    'interrupted',
    'false_hold',
    'tool_started',
    'tool_finished',
    'node_entered',
    'recording_paused',
    'recording_resumed',
    'recording_incomplete',
    'stage_failed',
    'provider_switched',
  ]),
  /** In words or a name, for a person: the node, the tool, the stage. */
  label: z.string(),
});
export type CallMoment = z.infer<typeof callMomentSchema>;

export const callStateSchema = z.enum(['waiting', 'active', 'ended']);

/** A row of the list of calls. Times are wall clock, in ms since 1970 UTC. */
export const callSummarySchema = z.object({
  callId: callIdSchema,
  state: callStateSchema,
  channel: z.enum(['web', 'phone']),
  direction: z.enum(['inbound', 'outbound']),
  agent: z.string(),
  agentVersion: z.number().int().nullable(),
  roomName: z.string(),
  /** The caller's name, or identity where it gave none; null before one came. */
  caller: z.string().nullable(),
  createdAtMs: z.number(),
  /** When the caller and the agent were both there. */
  answeredAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  endReason: endReasonSchema.nullable(),
  turnCount: z.number().int(),
  latency: latencySummarySchema,
  usage: callUsageSchema,
  /** In US dollars; null where nothing was counted, or a model that was used has no price. */
  costUsd: z.number().nullable(),
  tags: z.array(z.string()),
  /** `none`: not recorded. `incomplete`: sound is missing, and the call's moments say where. */
  recording: z.enum(['none', 'pending', 'ready', 'incomplete']),
  /** Relative to the data folder, and to the bucket that it may have been moved to; null where there is none here. */
  recordingPath: z.string().nullable(),
  continuesCallId: callIdSchema.nullable(),
});
export type CallSummary = z.infer<typeof callSummarySchema>;

export const toolCallRecordSchema = z.object({
  toolCallId: z.string(),
  name: z.string(),
  argumentsJson: z.string(),
  /** Null while it runs, and where it never told. */
  resultJson: z.string().nullable(),
  outcome: z.enum(['running', 'finished', 'failed', 'in_doubt']),
  startedAtMs: z.number(),
  finishedAtMs: z.number().nullable(),
});
export type ToolCallRecord = z.infer<typeof toolCallRecordSchema>;

/** `GET /api/calls/{id}`. */
export const callDetailSchema = callSummarySchema.extend({
  turns: z.array(recordedTurnSchema),
  toolCalls: z.array(toolCallRecordSchema),
  moments: z.array(callMomentSchema),
});
export type CallDetail = z.infer<typeof callDetailSchema>;
