import { z } from 'zod';
import { endReasonSchema } from './call-event.ts';
import { callStateSchema, callSummarySchema, recordedTurnSchema } from './call-record.ts';
import { callIdSchema } from './ids.ts';
import { providersWishSchema } from './provider-choice.ts';

/** Requests and answers of `/api/calls`. A request's fields are query parameters, so that each comes as text. */

const wholeNumber = (min: number, max: number) => {
  const problem = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, problem)
    .transform(Number)
    .refine((value) => value >= min && value <= max, problem);
};

/** A point of wall clock time: ms since 1970 UTC in digits, or a date in ISO 8601. */
const instant = z.string().transform((text, context) => {
  const epochMs = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isNaN(epochMs)) return epochMs;
  context.addIssue('must be ms since 1970, or a date such as 2026-11-21 or 2026-11-21T17:30:00Z');
  return z.NEVER;
});

/** Which calls; those that fit every field that is given. */
export const callFilterSchema = z.strictObject({
  agent: z.string().min(1).max(64).optional(),
  state: callStateSchema.optional(),
  channel: callSummarySchema.shape.channel.optional(),
  direction: callSummarySchema.shape.direction.optional(),
  endReason: endReasonSchema.optional(),
  /** Created at this instant or later. */
  from: instant.optional(),
  /** Created before this instant. */
  to: instant.optional(),
  /** Lasted at least so long, in ms; calls that go on have no duration yet. */
  minDurationMs: wholeNumber(0, 86_400_000).optional(),
  tag: z.string().min(1).max(64).optional(),
  /** Part of the caller's name or identity, in capitals or not. */
  caller: z.string().min(1).max(256).optional(),
  /** Words that were said in the call, all of them in one turn; the last may be the first three letters of one, or more. */
  q: z.string().min(1).max(256).optional(),
});
export type CallFilter = z.infer<typeof callFilterSchema>;

/** `GET /api/calls`: the newest first. */
export const callListRequestSchema = callFilterSchema.extend({
  /** Calls of one page, 1 to 200. Default 50. */
  limit: wholeNumber(1, 200).prefault('50'),
  /** `nextCursor` of the page before. */
  cursor: z.string().min(1).max(256).optional(),
});
export type CallListRequest = z.infer<typeof callListRequestSchema>;

/** A turn in which the words of a search were found. */
export const callMatchSchema = z.object({
  role: z.enum(['caller', 'agent']),
  /** When it began, on the call clock. */
  atMs: z.number(),
  /** At most 200 characters of what was said, around the first word found. */
  text: z.string(),
  /** Where in `text` words of the search stand: UTF-16 code units, the end not included, in order, apart. */
  hits: z.array(z.object({ start: z.number().int(), end: z.number().int() })),
});
export type CallMatch = z.infer<typeof callMatchSchema>;

export const listedCallSchema = callSummarySchema.extend({
  /** Null where nothing was searched. */
  match: callMatchSchema.nullable(),
});
export type ListedCall = z.infer<typeof listedCallSchema>;

export const callListSchema = z.object({
  calls: z.array(listedCallSchema),
  /** For the page that follows; null where this is the last. */
  nextCursor: z.string().nullable(),
});
export type CallList = z.infer<typeof callListSchema>;

/** `GET /api/calls/stats`: the same filters; without `from` the 30 days before `to`, without `to` until now. */
export const callStatsRequestSchema = callFilterSchema.extend({
  bucket: z.enum(['hour', 'day']).prefault('day'),
  /** How far the caller's days are ahead of UTC, in minutes. Default 0. */
  utcOffsetMinutes: z
    .string()
    .regex(/^-?\d{1,3}$/, 'must be a whole number from -840 to 840')
    .transform(Number)
    .refine((value) => Math.abs(value) <= 840, 'must be a whole number from -840 to 840')
    .prefault('0'),
});
export type CallStatsRequest = z.infer<typeof callStatsRequestSchema>;
/** Most buckets of one answer: 31 days by the hour, two years by the day. */
export const MAX_STATS_BUCKETS = 750;

/** Of calls that ended; each figure is null where there is nothing to make it from. */
const callFiguresSchema = z.object({
  calls: z.number().int(),
  /** Of them, the ones in which caller and agent met. */
  answered: z.number().int(),
  talkMs: z.number(),
  meanDurationMs: z.number().nullable(),
  /** The middle of the calls' own p50, and the 95th percentile of their own p95, to 20 ms. */
  voiceToVoiceP50Ms: z.number().nullable(),
  voiceToVoiceP95Ms: z.number().nullable(),
});
export type CallFigures = z.infer<typeof callFiguresSchema>;

export const callStatsSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  bucket: z.enum(['hour', 'day']),
  total: callFiguresSchema,
  /** In order of time, without those in which no call was made. */
  buckets: z.array(callFiguresSchema.extend({ startMs: z.number() })),
  /** The most frequent first; null: it goes on. */
  endReasons: z.array(z.object({ endReason: endReasonSchema.nullable(), calls: z.number().int() })),
  /** How many calls lasted from `fromMs` until under `toMs`; null: and longer. */
  durations: z.array(z.object({ fromMs: z.number(), toMs: z.number().nullable(), calls: z.number().int() })),
});
export type CallStats = z.infer<typeof callStatsSchema>;

/** `GET /api/calls/export`: every call that fits, the newest first, without pages. */
export const callExportRequestSchema = callFilterSchema.extend({
  /** `json`: a list of `callDetailSchema`, or of summaries. `csv`: a row a call, as spreadsheets read it. */
  format: z.enum(['json', 'csv']),
  /** In JSON: with what was said. Default `no`. */
  turns: z.enum(['yes', 'no']).prefault('no'),
});

/** `POST /api/calls/{id}/recording`: pause while what must not be kept is said, and go on. Answered with 202. */
export const recordingRequestSchema = z.strictObject({ state: z.enum(['on', 'paused']) });

/**
 * `POST /api/calls/{id}/providers`: who hears, answers or speaks from here on, or in which language. Providers are those
 * of the agent's file, by their name or as `provider/model`. Answered with 202; the call's moments tell what changed.
 */
export const providersRequestSchema = providersWishSchema.refine(
  (wanted) => Object.keys(wanted).length > 0,
  'must name stt, llm, tts or language',
);

/** `POST /api/calls/{id}/recording/link`: an address that plays the recording without a key, for a while. */
export const recordingLinkRequestSchema = z.strictObject({
  /** How long it is good for, in s, 10 to 3,600. Default 300. */
  ttlS: z.number().int().min(10).max(3_600).default(300),
});
export const recordingLinkSchema = z.object({
  /** A path of this server. */
  path: z.string(),
  expiresAtMs: z.number(),
});
export type RecordingLink = z.infer<typeof recordingLinkSchema>;

/**
 * `GET /api/calls/{id}/peaks`, for a player's picture: audiowaveform's JSON, version 2, in 8 bits; the caller is the left
 * channel, the agent the right.
 */
export const peaksSchema = z.object({
  version: z.literal(2),
  channels: z.literal(2),
  /** In Hz. */
  sample_rate: z.number().positive(),
  samples_per_pixel: z.number().positive(),
  bits: z.literal(8),
  /** Stretches of `samples_per_pixel`. */
  length: z.number().int().min(0),
  /** For each stretch in turn: lowest and highest of the left channel, then of the right, -128 to 127. */
  data: z.array(z.number()),
});
export type Peaks = z.infer<typeof peaksSchema>;

/**
 * `GET /api/calls/live`, server-sent events: the event's name and the JSON of its data. First comes `snapshot`, or, to
 * a client that sends `Last-Event-ID`, what it missed where that is still known.
 */
export const liveEventSchema = z.discriminatedUnion('type', [
  /** Every call that is not over: what was known before is void. */
  z.object({ type: z.literal('snapshot'), data: z.object({ calls: z.array(callSummarySchema) }) }),
  z.object({ type: z.literal('call.started'), data: callSummarySchema }),
  z.object({ type: z.literal('call.changed'), data: callSummarySchema }),
  z.object({ type: z.literal('call.ended'), data: callSummarySchema }),
  z.object({ type: z.literal('call.deleted'), data: z.object({ callId: callIdSchema }) }),
  /** Something was said to its end; sent again where it changed afterwards. */
  z.object({ type: z.literal('turn'), data: z.object({ callId: callIdSchema, turn: recordedTurnSchema }) }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;
