import {
  apiKeyListSchema,
  loginRequestSchema,
  loginStateSchema,
  madeApiKeySchema,
  newApiKeySchema,
  passwordRequestSchema,
} from '@parley/contracts/access-api';
import { callDetailSchema } from '@parley/contracts/call-record';
import {
  callExportRequestSchema,
  callListRequestSchema,
  callListSchema,
  callStatsRequestSchema,
  callStatsSchema,
  recordingLinkRequestSchema,
  recordingLinkSchema,
  recordingRequestSchema,
} from '@parley/contracts/calls-api';
import {
  accessRequestSchema,
  agentsAnswerSchema,
  embedAnswerSchema,
  healthSchema,
  rejoinRequestSchema,
  tokenAnswerSchema,
  tokenRequestSchema,
} from '@parley/contracts/http-api';
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
import { z } from 'zod';
import type { Operation } from './operation.ts';

const CALL = '/api/calls/{callId}';
const RECORDING = `${CALL}/recording`;
const WEBHOOK = '/api/webhooks/{webhookId}';

const calls: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/calls',
    summary: 'Calls, the newest first, page by page; those that fit every filter',
    scope: 'calls:read',
    query: callListRequestSchema,
    answer: { status: 200, schema: callListSchema },
  },
  {
    method: 'get',
    path: '/api/calls/stats',
    summary: 'How many calls, how long, how fast and why they ended, by hour or day',
    scope: 'calls:read',
    query: callStatsRequestSchema,
    answer: { status: 200, schema: callStatsSchema },
  },
  {
    method: 'get',
    path: '/api/calls/export',
    summary: 'Every call that fits, as JSON or CSV',
    scope: 'calls:read',
    query: callExportRequestSchema,
    answer: { status: 200, contentType: 'text/csv', what: 'A row a call; or JSON, as asked for' },
  },
  {
    method: 'get',
    path: '/api/calls/live',
    summary: 'Running calls and what is said in them, as server-sent events',
    scope: 'calls:read',
    answer: { status: 200, contentType: 'text/event-stream', what: 'Events without end' },
  },
  {
    method: 'get',
    path: CALL,
    summary: 'One call with its turns, tool calls and moments',
    scope: 'calls:read',
    answer: { status: 200, schema: callDetailSchema },
  },
  {
    method: 'delete',
    path: CALL,
    summary: 'Deletes a call that is over, with all that is stored of it',
    scope: 'admin',
    answer: { status: 204 },
  },
  {
    method: 'get',
    path: `${CALL}/journal`,
    summary: 'Every event and command of the call, as it was decided: for `npm run replay`',
    scope: 'calls:read',
    answer: { status: 200, contentType: 'application/x-ndjson', what: 'Its journals, one after the other' },
  },
  {
    method: 'post',
    path: `${CALL}/end`,
    summary: 'Ends a running call for everybody in it',
    scope: 'calls:dial',
    answer: { status: 202 },
  },
  {
    method: 'get',
    path: RECORDING,
    summary:
      'How the call sounded: the caller left, the agent right; takes Range, and a signed link in place of a key',
    scope: 'calls:listen',
    query: z.object({ signature: z.string().optional() }),
    answer: {
      status: 200,
      contentType: 'audio/wav',
      what: 'The recording, or the part of it that is asked for',
    },
  },
  {
    method: 'post',
    path: RECORDING,
    summary: 'Pauses the recording of a running call, and lets it go on',
    scope: 'calls:dial',
    body: recordingRequestSchema,
    answer: { status: 202 },
  },
  {
    method: 'post',
    path: `${RECORDING}/link`,
    summary: 'An address that plays the recording without a key, for a while',
    scope: 'calls:listen',
    body: recordingLinkRequestSchema,
    answer: { status: 200, schema: recordingLinkSchema },
  },
  {
    method: 'get',
    path: `${CALL}/peaks`,
    summary: 'The recording as a picture: audiowaveform JSON, version 2',
    scope: 'calls:listen',
    query: z.object({ signature: z.string().optional() }),
    answer: {
      status: 200,
      contentType: 'application/json',
      what: 'Lowest and highest samples of both channels',
    },
  },
];

const access: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/keys',
    summary: 'The API keys, without their secrets',
    scope: 'admin',
    answer: { status: 200, schema: apiKeyListSchema },
  },
  {
    method: 'post',
    path: '/api/keys',
    summary: 'Makes an API key; the answer alone shows it',
    scope: 'admin',
    body: newApiKeySchema,
    answer: { status: 201, schema: madeApiKeySchema },
  },
  {
    method: 'delete',
    path: '/api/keys/{keyId}',
    summary: 'Makes an API key open nothing any more',
    scope: 'admin',
    answer: { status: 204 },
  },
  {
    method: 'get',
    path: '/api/login',
    summary: 'Whether there is a login, and what this request came in with',
    scope: null,
    answer: { status: 200, schema: loginStateSchema },
  },
  {
    method: 'post',
    path: '/api/login',
    summary: 'Swaps the password for a cookie',
    scope: null,
    body: loginRequestSchema,
    answer: { status: 204 },
  },
  {
    method: 'put',
    path: '/api/login',
    summary: 'Sets the password, the first one or another',
    scope: 'admin',
    body: passwordRequestSchema,
    answer: { status: 204 },
  },
  {
    method: 'delete',
    path: '/api/login',
    summary: 'Ends this login',
    scope: null,
    answer: { status: 204 },
  },
  {
    method: 'post',
    path: '/api/access',
    summary: 'Swaps the access key for a cookie',
    scope: null,
    body: accessRequestSchema,
    answer: { status: 204 },
  },
];

const rooms: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/token',
    summary: 'Begins a call: makes its room with its agent, and gives a token to join it',
    scope: 'calls:dial',
    body: tokenRequestSchema,
    answer: { status: 200, schema: tokenAnswerSchema },
  },
  {
    method: 'post',
    path: '/api/token/rejoin',
    summary: 'Brings a participant back into its call',
    scope: null,
    body: rejoinRequestSchema,
    answer: { status: 200, schema: tokenAnswerSchema },
  },
  {
    method: 'get',
    path: '/api/agents',
    summary: 'The agents that can be called',
    scope: 'any',
    answer: { status: 200, schema: agentsAnswerSchema },
  },
  {
    method: 'get',
    path: '/api/embed',
    summary: 'Whether a page may embed calls with an agent',
    scope: null,
    query: z.object({ agent: z.string().optional() }),
    answer: { status: 200, schema: embedAnswerSchema },
  },
  {
    method: 'get',
    path: '/api/health',
    summary: 'Whether calls would be answered, and why not',
    scope: null,
    answer: { status: 200, schema: healthSchema },
  },
];

const webhooks: readonly Operation[] = [
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

/** Everything that `/api` answers, but this list of it. */
export const OPERATIONS: readonly Operation[] = [...rooms, ...calls, ...webhooks, ...access];
