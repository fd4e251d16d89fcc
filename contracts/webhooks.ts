import { z } from 'zod';
import { callSummarySchema, recordedTurnSchema } from './call-record.ts';
import { callIdSchema } from './ids.ts';

/**
 * What the server tells other servers, signed as Standard Webhooks say (standardwebhooks.com): headers `webhook-id`,
 * `webhook-timestamp` (s since 1970) and `webhook-signature`; and the requests and answers of `/api/webhooks`.
 */

export const webhookEventTypeSchema = z.enum([
  /** Caller and agent met. */
  'call.started',
  /** Something was said to its end; told once, though its latency may still be measured afterwards. */
  'turn.completed',
  /** The call is over, answered or not; told once. */
  'call.ended',
  /** The recording was put together, and can be fetched. */
  'recording.ready',
]);
export type WebhookEventType = z.infer<typeof webhookEventTypeSchema>;

/** Longest text of a turn in a message, in UTF-16 code units; what is longer is cut. */
export const MAX_WEBHOOK_TEXT_LENGTH = 20_000;

const [callerTurnSchema, agentTurnSchema] = recordedTurnSchema.options;
const withoutMarks = { marks: true, areMarksEstimated: true } as const;
const cut = { isTextCut: z.boolean() };
const webhookTurnSchema = z.discriminatedUnion('role', [
  callerTurnSchema.omit(withoutMarks).extend(cut),
  agentTurnSchema.omit(withoutMarks).extend(cut),
]);
export type WebhookTurn = z.infer<typeof webhookTurnSchema>;

const callDataSchema = z.object({ call: callSummarySchema });
/** When it happened, in ISO 8601, UTC. */
const timestampSchema = z.iso.datetime();

/** The body of a message, as JSON. */
export const webhookMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call.started'), timestamp: timestampSchema, data: callDataSchema }),
  z.object({
    type: z.literal('turn.completed'),
    timestamp: timestampSchema,
    data: z.object({ callId: callIdSchema, agent: z.string(), turn: webhookTurnSchema }),
  }),
  z.object({ type: z.literal('call.ended'), timestamp: timestampSchema, data: callDataSchema }),
  z.object({ type: z.literal('recording.ready'), timestamp: timestampSchema, data: callDataSchema }),
  /** Somebody tried the endpoint out. */
  z.object({
    type: z.literal('webhook.test'),
    timestamp: timestampSchema,
    data: z.object({ webhookId: z.string() }),
  }),
]);
export type WebhookMessage = z.infer<typeof webhookMessageSchema>;

const urlSchema = z.string().trim().min(1).max(2_048, 'must have at most 2048 characters');
const descriptionSchema = z.string().trim().max(200, 'must have at most 200 characters');
const eventsSchema = z
  .array(webhookEventTypeSchema)
  .min(1, 'must name one event at least')
  .max(webhookEventTypeSchema.options.length, 'must name each event once')
  .transform((events) => [...new Set(events)]);

/** `POST /api/webhooks`. */
export const newWebhookSchema = z.strictObject({
  /** HTTPS on the internet, or what `PARLEY_OUTGOING_ALLOW` names. */
  url: urlSchema,
  events: eventsSchema,
  description: descriptionSchema.default(''),
});
export type NewWebhook = z.infer<typeof newWebhookSchema>;

/** `PATCH /api/webhooks/{id}`: what is absent stays. */
export const webhookChangeSchema = z.strictObject({
  url: urlSchema.optional(),
  events: eventsSchema.optional(),
  description: descriptionSchema.optional(),
  /** False: nothing is sent and no further event noted. What waits is sent once it is true again. */
  isEnabled: z.boolean().optional(),
});
export type WebhookChange = z.infer<typeof webhookChangeSchema>;

export const webhookSchema = z.object({
  webhookId: z.string(),
  url: z.string(),
  events: z.array(webhookEventTypeSchema),
  description: z.string(),
  state: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('enabled') }),
    z.object({
      kind: z.literal('disabled'),
      /** `failing`: nothing was taken for three days. `gone`: it answered 410. */
      reason: z.enum(['by_operator', 'failing', 'gone']),
      atMs: z.number(),
    }),
  ]),
  /** Since when every attempt failed; null where the last one did not. */
  failingSinceMs: z.number().nullable(),
  /** Until then messages carry a signature by the former secret too; null where there is none. */
  formerSecretEndsAtMs: z.number().nullable(),
  createdAtMs: z.number(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** `GET /api/webhooks`: the newest first. */
export const webhookListSchema = z.object({ webhooks: z.array(webhookSchema) });
export type WebhookList = z.infer<typeof webhookListSchema>;

/** The answer to `POST /api/webhooks` and `.../rotate`: the only time that the secret is shown. */
export const madeWebhookSchema = webhookSchema.extend({
  /** `whsec_` and the key in base64. */
  secret: z.string(),
});
export type MadeWebhook = z.infer<typeof madeWebhookSchema>;

/** `POST /api/webhooks/{id}/rotate`: makes another secret. */
export const rotateRequestSchema = z.strictObject({
  /** How long messages are signed with both, in s, 0 to 604,800. Default a day. */
  overlapS: z.number().int().min(0).max(604_800).default(86_400),
});

/**
 * `queued`: an earlier message of the same call comes first. `waiting`: for its next attempt, or under way.
 * `given_up`: every attempt failed, over 24 h; it can be sent again by hand.
 */
export const deliveryStateSchema = z.enum(['queued', 'waiting', 'delivered', 'given_up']);

/** One message to one endpoint. */
export const webhookDeliverySchema = z.object({
  deliveryId: z.string(),
  webhookId: z.string(),
  /** `webhook-id`: the same for each attempt, and for each endpoint that is told of the same. */
  messageId: z.string(),
  type: z.union([webhookEventTypeSchema, z.literal('webhook.test')]),
  callId: callIdSchema.nullable(),
  state: deliveryStateSchema,
  /** Since it was made, or sent again by hand. */
  attempts: z.number().int(),
  createdAtMs: z.number(),
  /** Null where none follows, or an earlier message comes first. */
  nextAttemptAtMs: z.number().nullable(),
  /** Null before the first. */
  lastAttempt: z
    .object({
      atMs: z.number(),
      tookMs: z.number(),
      /** Null where no answer came. */
      status: z.number().int().nullable(),
      /** Why it failed, in words; null where it did not. */
      fault: z.string().nullable(),
      /** The first 1,024 bytes of the answer. */
      answer: z.string(),
    })
    .nullable(),
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

/** `GET /api/webhooks/{id}/deliveries`: the newest first. */
export const deliveryListRequestSchema = z.strictObject({
  state: deliveryStateSchema.optional(),
  /** Of one page, 1 to 200. Default 50. */
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 200')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 200, 'must be a whole number from 1 to 200')
    .prefault('50'),
  /** `nextCursor` of the page before. */
  cursor: z.string().min(1).max(64).optional(),
});
export type DeliveryListRequest = z.infer<typeof deliveryListRequestSchema>;

export const deliveryListSchema = z.object({
  deliveries: z.array(webhookDeliverySchema),
  /** For the page that follows; null where this is the last. */
  nextCursor: z.string().nullable(),
});
export type DeliveryList = z.infer<typeof deliveryListSchema>;
