import { z } from 'zod';
import { carriedCallSchema, nodePlaceSchema, recordingPhaseSchema } from './carried-call.ts';
import {
  callIdSchema,
  generationSchema,
  participantIdSchema,
  replyIdSchema,
  seatSchema,
  segmentIdSchema,
  toolCallIdSchema,
  turnIdSchema,
} from './ids.ts';
import { providersWishSchema } from './provider-choice.ts';

/** Version of the envelope. Within a version changes are additive; a changed meaning is a new type. */
export const CALL_EVENT_VERSION = 1;

/** Why a call ended: a closed list. */
export const endReasonSchema = z.enum([
  /** The caller hung up. */
  'caller_left',
  /** The caller's network was gone for longer than the departure time. */
  'caller_lost',
  /** An operator removed the caller or closed the room. */
  'room_closed',
  /** The agent said goodbye and ended the call. */
  'agent_ended',
  /** Nobody came within the caller wait. */
  'no_caller',
  /** A stage could not be made ready, or failed for good. */
  'agent_failed',
  /** The agent's process died too often. */
  'agent_lost',
  /** Another process holds the seat with a higher generation. */
  'superseded',
  /** The worker was told to stop. */
  'worker_stopped',
  /** The call reached its longest time. */
  'time_limit',
  /** The call cost as much as its agent allows. */
  'cost_limit',
]);
export type EndReason = z.infer<typeof endReasonSchema>;

const empty = z.object({});
const ofParticipant = z.object({ participantId: participantIdSchema });
const ofReply = z.object({ replyId: replyIdSchema });
const ofSegment = ofReply.extend({ segmentId: segmentIdSchema });
const failure = { code: z.string(), message: z.string() };

/** What may happen in a call, with its data: everything that the reducer hears of. */
export const callEventData = {
  /** The journal's first event; time starts here. */
  callStarted: empty,
  /** The call was begun by an earlier generation, and this is what is known of it: right after `callStarted`. */
  callResumed: carriedCallSchema,
  /** A deadline that the reducer asked for has come. */
  woke: empty,
  /** Every stage is warm and the agent's track is published. */
  pipelineReady: empty,
  pipelineFailed: z.object({ stage: z.enum(['vad', 'stt', 'llm', 'tts', 'transport']), ...failure }),
  /** Somebody outside the call wants it to end. */
  endRequested: z.object({ reason: endReasonSchema }),

  participantJoined: ofParticipant.extend({
    kind: z.enum(['standard', 'sip', 'connector']),
    name: z.string(),
  }),
  /** The participant receives the agent's track. */
  participantListening: ofParticipant,
  participantLeft: ofParticipant.extend({ reason: z.enum(['left', 'removed', 'lost']) }),
  microphoneOpened: ofParticipant,
  microphoneClosed: ofParticipant,
  chatReceived: ofParticipant.extend({ text: z.string() }),

  vadSpeechStarted: ofParticipant.extend({ probability: z.number(), levelDb: z.number() }),
  /** Speech has lasted 64 ms: no click, perhaps an interruption. */
  vadHeld: ofParticipant.extend({ probability: z.number(), levelDb: z.number() }),
  vadSpeechEnded: ofParticipant.extend({
    probability: z.number(),
    levelDb: z.number(),
    /** Call clock at the end of the last frame of speech. */
    lastSpeechAtMs: z.number(),
    /** Call clock at the end of its last sound, by level: a VAD takes speech as going on for a while after it. */
    lastSoundAtMs: z.number().optional(),
    speechMs: z.number(),
  }),
  /** The recogniser's own speech events; heard where an agent sets `vad: false`. */
  sttSpeechStarted: ofParticipant,
  sttSpeechEnded: ofParticipant,
  /** An interim transcript: the whole utterance so far. */
  transcriptChanged: ofParticipant.extend({ text: z.string() }),
  transcriptFinal: ofParticipant.extend({
    text: z.string(),
    outcome: z.enum(['words', 'silence', 'rejected']),
    wordCount: z.number().int().min(0),
    answersFinalize: z.boolean(),
    /** BCP 47 tag of what was heard, where the recogniser tells. */
    language: z.string().optional(),
  }),
  /** How likely it is, 0 to 1, that the participant's turn is over: the answer to `scoreEndOfTurn`. */
  endOfTurnScored: ofParticipant.extend({ probability: z.number().min(0).max(1) }),
  /** What a participant said before the agent came, from the sound that its page had kept; it waits for the greeting. */
  preConnectHeard: ofParticipant.extend({ text: z.string(), outcome: z.enum(['words', 'rejected']) }),
  /** Of one participant, or of all. */
  sttFailed: z.object({ participantId: participantIdSchema.optional(), ...failure }),

  toolStarted: z.object({
    toolCallId: toolCallIdSchema,
    /** The caller may call it off while it runs. */
    isCancellable: z.boolean(),
  }),
  toolFinished: z.object({ toolCallId: toolCallIdSchema }),
  /** The call is at another step of its script or node of its flow. */
  nodeEntered: nodePlaceSchema,

  /** Somebody who may asks for other providers or another language; a provider as `provider` or `provider/model`. */
  providersAsked: providersWishSchema,
  /** Another provider fulfils a stage from here on. */
  providerSwitched: z.object({
    stage: z.enum(['stt', 'llm', 'tts']),
    /** `provider/model`. */
    from: z.string(),
    to: z.string(),
    cause: z.enum(['failed', 'asked', 'rule']),
    /** Of the failure; null where there was none. */
    code: z.string().nullable(),
    /** What the recogniser in use now gives; of the stage `stt` only. */
    hearing: z
      .object({
        givesInterims: z.boolean(),
        finalizeAfterSilenceMs: z.number(),
        reopensDeafStt: z.boolean(),
      })
      .optional(),
  }),

  /** How long a reply's sound takes from the room to a participant's ear, and its own to the agent's, in ms. */
  transportMeasured: ofParticipant.extend({ toEarMs: z.number().min(0), fromMouthMs: z.number().min(0) }),
  /** What a provider counted since it was last told, for the bill; a count that it does not keep is absent. */
  usageCounted: z.object({
    stage: z.enum(['stt', 'llm', 'tts']),
    provider: z.string(),
    model: z.string(),
    audioMs: z.number().min(0).optional(),
    characters: z.number().int().min(0).optional(),
    inputTokens: z.number().int().min(0).optional(),
    cachedInputTokens: z.number().int().min(0).optional(),
    outputTokens: z.number().int().min(0).optional(),
  }),

  /** Somebody who may asks that the recording pause or go on. */
  recordingRequested: z.object({ state: z.enum(['on', 'paused']) }),
  /** Sound is missing from the recording, or will be. */
  recordingIncomplete: z.object({
    cause: z.enum(['disk_full', 'read_only', 'failed']),
    message: z.string(),
  }),

  llmTextDelta: ofReply.extend({ text: z.string() }),
  llmToolCalled: ofReply.extend({
    toolCallId: toolCallIdSchema,
    name: z.string(),
    argumentsJson: z.string(),
  }),
  llmFinished: ofReply.extend({ inputTokens: z.number(), outputTokens: z.number() }),
  llmFailed: ofReply.extend(failure),
  ttsFailed: ofReply.extend(failure),

  /** The voice's first sound of a segment came. */
  ttsStarted: ofSegment,
  playoutStarted: ofSegment,
  /** The caller heard the segment's text up to `charEnd`. */
  playoutProgressed: ofSegment.extend({ charEnd: z.number().int().min(0) }),
  segmentPlayed: ofSegment,
  playoutHeld: ofReply,
  playoutResumed: ofReply,
  /** The sound was cut; what was heard of the segment that was sounding. */
  playoutCleared: ofReply.extend({
    segmentId: segmentIdSchema.nullable(),
    charEnd: z.number().int().min(0),
  }),
  playoutFinished: ofReply,
} as const;

type EventData = typeof callEventData;
export type CallEventType = keyof EventData;
/** One event into the reducer. `atMs` is the call clock: ms since the call started. */
export type CallEvent = {
  [T in CallEventType]: { readonly type: T; readonly atMs: number; readonly data: z.infer<EventData[T]> };
}[CallEventType];

/** What the reducer wants done, with its data. */
export const callCommandData = {
  setAgentState: z.object({ state: z.enum(['initializing', 'listening', 'thinking', 'speaking']) }),
  /** May the agent's voice be interrupted now, and is it held to weigh that: for pages with ears of their own. */
  setVoiceState: z.object({ isInterruptible: z.boolean(), isHeld: z.boolean() }),
  /**
   * Ask the model, with the context that the conversation holds now, and after it, where the answer is made on a guess,
   * what the caller has said so far.
   */
  startLlm: ofReply.extend({ node: z.string(), speculativeText: z.string().nullable() }),
  /** Give the segment to the voice: `text` as it is said; `written` as it is read, where that differs ("five dollars", "$5"). */
  speak: ofSegment.extend({ text: z.string(), written: z.string().optional() }),
  /** No segment follows. */
  finishSpeech: ofReply,
  /** Stop model and voice at the vendor. */
  abortReply: ofReply.extend({ reason: z.enum(['interrupted', 'failed', 'call_ended', 'discarded']) }),
  /** From here on the stages are fulfilled by others, or in another language; what is absent stays. */
  useProviders: providersWishSchema.extend({ cause: z.enum(['asked', 'rule']) }),
  holdPlayout: ofReply,
  resumePlayout: ofReply,
  clearPlayout: ofReply,
  finalizeStt: ofParticipant,
  /** The recogniser heard speech and said nothing: open another, and let it hear the turn again. */
  reopenStt: ofParticipant,
  /** Ask the end-of-turn model whether the turn is over, with what was understood of it; late scores change nothing. */
  scoreEndOfTurn: ofParticipant.extend({ text: z.string() }),
  /** A turn is over, answered or not: what the end-of-turn model hears from now on is of the next. */
  endScoredTurn: ofParticipant,
  /** The whole of what a participant has said of a turn so far. */
  captionUser: ofParticipant.extend({ turnId: turnIdSchema, text: z.string(), isFinal: z.boolean() }),
  captionAgent: ofReply.extend({ delta: z.string() }),
  /** `unheard`: what of the reply was given to the voice and not heard; empty where nothing was cut. */
  closeCaption: ofReply.extend({ isInterrupted: z.boolean(), unheard: z.string() }),
  /** A turn is committed: durable before the answer is spoken. */
  recordTurn: ofParticipant.extend({
    turnId: turnIdSchema,
    text: z.string(),
    source: z.enum(['speech', 'chat']),
    isUnintelligible: z.boolean(),
  }),
  /** `waiting`: for the caller's consent. While it is not `on`, silence stands in the recording. */
  setRecording: z.object({ state: recordingPhaseSchema.exclude(['none']) }),
  /** Leave and close the room. */
  endCall: z.object({ reason: endReasonSchema }),
} as const;

type CommandData = typeof callCommandData;
export type CallCommandType = keyof CommandData;
export type CallCommand = {
  [T in CallCommandType]: { readonly type: T; readonly data: z.infer<CommandData[T]> };
}[CallCommandType];

const envelopeSchema = z.object({
  v: z.literal(CALL_EVENT_VERSION),
  callId: callIdSchema,
  seat: seatSchema,
  generation: generationSchema,
  /** Counts the events and commands of one generation from 0; callId, seat, generation and seq make it unique. */
  seq: z.number().int().min(0),
  atMs: z.number(),
  type: z.string(),
  data: z.unknown(),
});

/** First line of a journal. */
export const journalHeaderSchema = z.object({
  line: z.literal('header'),
  v: z.literal(CALL_EVENT_VERSION),
  engineVersion: z.string(),
  callId: callIdSchema,
  seat: seatSchema,
  generation: generationSchema,
  roomName: z.string(),
  agent: z.string(),
  agentVersion: z.number().int().nullable(),
  /** The API key that the call was begun with. */
  ownerKeyId: z.string().optional(),
  /** Wall clock at `atMs` 0 of the call clock. */
  startedAtEpochMs: z.number(),
  /** Resolved settings that the reducer started from. */
  settings: z.record(z.string(), z.unknown()),
  seed: z.number().int(),
});
export type JournalHeader = z.infer<typeof journalHeaderSchema>;

/** Any further line: an event into the reducer or a command out of it. Unknown types are kept as they are. */
export const journalLineSchema = z.discriminatedUnion('line', [
  envelopeSchema.extend({ line: z.literal('event') }),
  envelopeSchema.extend({ line: z.literal('command') }),
]);
export type JournalLine = z.infer<typeof journalLineSchema>;

/** Reads an event's data by its type's schema. An unknown type is null: it is passed on, not understood. */
export function parseCallEvent(line: JournalLine): CallEvent | null {
  if (!Object.hasOwn(callEventData, line.type)) return null;
  const type = line.type as CallEventType;
  return { type, atMs: line.atMs, data: callEventData[type].parse(line.data) } as CallEvent;
}
