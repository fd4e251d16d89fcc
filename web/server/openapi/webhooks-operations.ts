import {
  deliveryListRequestSchema,
  deliveryListSchema,
  madeWebhookSchema,
  newWebhookSchema,
  rotateRequestSchema,
  webhookChangeSchema,
  webhookDeliverySchema,
  webhookListSchema,
  webhookSchema,
} from '@parley/contracts/webhooks';
import type { Operation } from './operation.ts';

const WEBHOOK = '/api/webhooks/{webhookId}';

export const WEBHOOKS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/webhooks',
    summary: 'The endpoints that are told of calls, without their secrets',
    scope: 'admin',
    answer: { status: 200, schema: webhookListSchema },
  },
  {
    method: 'post',
    path: '/api/webhooks',
    summary: 'Makes an endpoint; the answer alone shows the secret that its messages are signed with',
    scope: 'admin',
    body: newWebhookSchema,
    answer: { status: 201, schema: madeWebhookSchema },
  },
  {
    method: 'patch',
    path: WEBHOOK,
    summary: 'Changes an endpoint, or switches it off and on',
    scope: 'admin',
    body: webhookChangeSchema,
    answer: { status: 200, schema: webhookSchema },
  },
  {
    method: 'delete',
    path: WEBHOOK,
    summary: 'Deletes an endpoint with its log and what waits for it',
    scope: 'admin',
    answer: { status: 204 },
  },
  {
    method: 'post',
    path: `${WEBHOOK}/rotate`,
    summary: 'Makes another secret; for a while messages are signed with both',
    scope: 'admin',
    body: rotateRequestSchema,
    answer: { status: 200, schema: madeWebhookSchema },
  },
  {
    method: 'post',
    path: `${WEBHOOK}/test`,
    summary: 'Sends a `webhook.test` at once and once, and answers with what came of it',
    scope: 'admin',
    answer: { status: 200, schema: webhookDeliverySchema },
  },
  {
    method: 'get',
    path: `${WEBHOOK}/deliveries`,
    summary: 'What was sent to an endpoint and what waits, the newest first',
    scope: 'admin',
    query: deliveryListRequestSchema,
    answer: { status: 200, schema: deliveryListSchema },
  },
  {
    method: 'post',
    path: '/api/webhooks/deliveries/{deliveryId}/resend',
    summary: 'Sends a message once more, as soon as may be',
    scope: 'admin',
    answer: { status: 200, schema: webhookDeliverySchema },
  },
];
