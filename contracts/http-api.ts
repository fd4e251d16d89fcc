import { z } from 'zod';
import { callNoticeCauseSchema } from './call-notice.ts';
import { stageNameSchema, stageReportSchema } from './internal-api.ts';
import { RESERVED_ATTRIBUTE_PREFIXES } from './room-protocol.ts';

/** Longest body of a request to `/api/*`, in bytes. */
export const MAX_API_BODY_BYTES = 64 * 1024;
/** Longest `participant_metadata`, all attributes, and agent metadata of a token request, each, in bytes of UTF-8. */
export const MAX_CLIENT_DATA_BYTES = 2 * 1024;
/** LiveKit's own limit for a participant's name is 256 bytes. */
const MAX_NAME_LENGTH = 128;
const MAX_ATTRIBUTES = 32;

/** Half of a surrogate pair counts as the replacement character that it is sent as. */
const utf8Bytes = (text: string) => {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
};
const clientText = z
  .string()
  .refine(
    (text) => utf8Bytes(text) <= MAX_CLIENT_DATA_BYTES,
    `must be at most ${MAX_CLIENT_DATA_BYTES} bytes of UTF-8`,
  );

const attributesSchema = z
  .record(z.string().min(1).max(64), z.string())
  .superRefine((attributes, context) => {
    const names = Object.keys(attributes);
    for (const name of names) {
      const prefix = RESERVED_ATTRIBUTE_PREFIXES.find((reserved) => name.toLowerCase().startsWith(reserved));
      if (prefix === undefined) continue;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `the prefix ${prefix} is reserved: choose another name`,
      });
    }
    if (names.length > MAX_ATTRIBUTES) context.addIssue(`must be at most ${MAX_ATTRIBUTES} attributes`);
    const bytes = Object.entries(attributes).reduce(
      (sum, [name, value]) => sum + utf8Bytes(name) + utf8Bytes(value),
      0,
    );
    if (bytes > MAX_CLIENT_DATA_BYTES)
      context.addIssue(`must be at most ${MAX_CLIENT_DATA_BYTES} bytes of UTF-8 in all`);
  });

/**
 * `POST /api/token`, in the form of LiveKit's `TokenSource.endpoint`. Every field may be absent or null, and `{}` asks
 * for the default agent. What a client may not decide is a fault, never silently dropped; `room_name` and
 * `participant_identity` are hints in LiveKit's own words, and are not followed.
 */
export const tokenRequestSchema = z.strictObject({
  room_name: z.string().nullish(),
  participant_identity: z.string().nullish(),
  participant_name: z
    .string()
    .max(MAX_NAME_LENGTH, `must be at most ${MAX_NAME_LENGTH} characters`)
    .nullish(),
  participant_metadata: clientText.nullish(),
  participant_attributes: attributesSchema.nullish(),
  room_config: z
    .strictObject({
      agents: z
        .array(
          z.strictObject({
            /** Name of an agent definition; the default agent where absent or empty. */
            agent_name: z.string().max(64, 'must be at most 64 characters').nullish(),
            /** A JSON object of texts: the call's variables, with the source `token`. */
            metadata: clientText.nullish(),
          }),
        )
        .max(1, 'a call has one agent: send one entry')
        .nullish(),
    })
    .nullish(),
});
export type TokenRequest = z.infer<typeof tokenRequestSchema>;

/** The answer to a token request. The first two fields are what LiveKit's clients read. */
export const tokenAnswerSchema = z.object({
  /** `ws:` or `wss:` address of this server, which passes `/rtc` on. */
  server_url: z.string(),
  participant_token: z.string(),
  room_name: z.string(),
  participant_name: z.string(),
  /** Opaque and to be kept secret: brings this participant back into this call, by `POST /api/token/rejoin`. */
  rejoin: z.string(),
});
export type TokenAnswer = z.infer<typeof tokenAnswerSchema>;

/**
 * `POST /api/token/rejoin`: a fresh token for the participant and the call of an earlier answer, in the same form.
 * Answered with 410 `call_over` once the call is over, and where the secret is none of this server's.
 */
export const rejoinRequestSchema = z.strictObject({
  /** The longest that a client can say of itself is 34,000 characters when it is escaped and sealed. */
  rejoin: z.string().min(1).max(49_152, 'must be at most 49152 characters'),
});

/**
 * `GET /api/embed?agent=name`: whether the page that asks may embed calls with that agent (the default one where none is
 * named). Any page may ask and read the answer, so that it can say what is wrong.
 */
export const embedAnswerSchema = z.object({
  agent: z.object({ name: z.string(), title: z.string() }),
});
export type EmbedAnswer = z.infer<typeof embedAnswerSchema>;

/** `POST /api/access`: swaps the access key for a cookie. Answered with 204. */
export const accessRequestSchema = z.strictObject({ key: z.string().min(1).max(512) });

/** What went wrong with a request to the HTTP API: a closed list. */
export const apiErrorCodeSchema = z.enum([
  'malformed_json',
  'invalid_field',
  'unknown_agent',
  'call_over',
  'call_deleted',
  'digest_mismatch',
  'body_too_large',
  'rate_limited',
  'host_not_allowed',
  'origin_not_allowed',
  'access_key_required',
  'access_key_wrong',
  'login_wrong',
  'login_exists',
  'scope_missing',
  'internal_only',
  'unauthorized',
  'not_found',
  'method_not_allowed',
  'call_running',
  'recording_not_ready',
  'range_not_satisfiable',
  'livekit_unavailable',
  'database_unavailable',
  'recordings_unavailable',
  'internal',
]);
export type ApiErrorCode = z.infer<typeof apiErrorCodeSchema>;

/** The body of every answer that is not a success. */
export const apiErrorSchema = z.object({
  error: z.object({
    code: apiErrorCodeSchema,
    /** What is wrong and what to do, in words for a person. */
    message: z.string(),
    /** The field at fault, as a path such as `room_config.agents[0].metadata`. */
    field: z.string().optional(),
  }),
});
export type ApiErrorBody = z.infer<typeof apiErrorSchema>;

/** `GET /api/health`. `down`: a call would not be answered. `degraded`: it would, and something is wrong all the same. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  livekit: z.object({
    status: z.enum(['ok', 'unreachable', 'refused']),
    /** In words for a person; empty where all is well. */
    message: z.string(),
  }),
  /** Calls go on while it is away, and what is said in them is stored once it answers. */
  database: z.object({
    status: z.enum(['ok', 'away']),
    /** In words for a person; empty where all is well, and for a request without access. */
    message: z.string(),
  }),
  workers: z.object({
    /** Worker processes that reported within the last 6 s. */
    processes: z.number().int(),
    /** Of those, the ones that would take a call now. */
    ready: z.number().int(),
    full: z.number().int(),
    starting: z.number().int(),
    draining: z.number().int(),
    calls: z.number().int(),
    maxCalls: z.number().int(),
    /** Faults of definition files, in words; empty for a request without access. */
    definitionFaults: z.array(z.string()),
  }),
  stages: z.partialRecord(stageNameSchema, stageReportSchema),
  /** Calls of the last 10 minutes that no agent came to, newest first, at most 20. */
  notices: z.array(
    z.object({ callId: z.string(), cause: callNoticeCauseSchema, message: z.string(), ageMs: z.number() }),
  ),
  /** Where the server answers Prometheus; absent for a request without access. */
  metrics: z.string().optional(),
});
export type Health = z.infer<typeof healthSchema>;

/** `GET /api/agents`: the agents that workers announce, by name. */
export const agentsAnswerSchema = z.object({
  agents: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      /** What it is good for, in a sentence; empty where its file says nothing. */
      description: z.string(),
      language: z.string(),
      isDefault: z.boolean(),
    }),
  ),
});
export type AgentsAnswer = z.infer<typeof agentsAnswerSchema>;
