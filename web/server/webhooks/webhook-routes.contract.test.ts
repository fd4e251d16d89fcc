import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  deliveryListSchema,
  madeWebhookSchema,
  webhookDeliverySchema,
  webhookListSchema,
  webhookSchema,
} from '@parley/contracts/webhooks';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BEGUN_AT_MS, openCallWorld } from '../calls/testing/call-world.ts';
import { readAllowRule } from '../outgoing/allow-list.ts';
import { createOutgoing } from '../outgoing/outgoing.ts';
import { createRecordingFinder } from '../recordings/recording-finder.ts';
import { createMonotonicClock } from '../runtime/clock.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { startWebhookSender, type WebhookSender } from './webhook-sender.ts';
import { createWebhookStore } from './webhook-store.ts';

/** The server, with a receiver on loopback that the operator allows, and nothing else of this machine. */
async function openWebhookWorld() {
  const received: { readonly body: string; readonly headers: Record<string, string> }[] = [];
  let status = 200;
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    received.push({ body, headers: request.headers as Record<string, string> });
    response.writeHead(status).end('thanks '.repeat(1_000));
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  const rule = readAllowRule(`127.0.0.1:${port}`);
  const outgoing = createOutgoing({ allow: rule === null ? [] : [rule] });
  let sender: WebhookSender | undefined;
  const world = await openCallWorld({
    nowEpochS: () => BEGUN_AT_MS / 1_000,
    outgoing,
    webhookSender: {
      wake: () => sender?.wake(),
      tryOut: async (webhookId) => sender?.tryOut(webhookId) ?? null,
    },
  });
  const database = () => world.database;
  const nowEpochMs = () => Date.now();
  const log = pino({ level: 'silent' });
  const clock = createMonotonicClock();
  const webhooks = createWebhookStore({ database, nowEpochMs });
  sender = startWebhookSender({ database, webhooks, outgoing, clock, nowEpochMs, random: () => 0, log });
  return {
    ...world,
    received,
    url: `http://127.0.0.1:${port}/hook`,
    answerWith: (next: number) => {
      status = next;
    },
    sent: async () => {
      sender?.wake();
      await sender?.idle();
    },
    async make(events: readonly string[]) {
      const response = await world.post('/api/webhooks', { url: `http://127.0.0.1:${port}/hook`, events });
      return madeWebhookSchema.parse(await response.json());
    },
    async close() {
      await sender?.close();
      await outgoing.close();
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
      await world.close();
    },
  };
}

let world: Awaited<ReturnType<typeof openWebhookWorld>>;
beforeEach(async () => {
  world = await openWebhookWorld();
});
afterEach(() => world.close());

const patch = (path: string, body: unknown) =>
  world.request(path, { method: 'PATCH', body: JSON.stringify(body) });
const deliveriesOf = async (webhookId: string, query = '') => {
  const response = await world.request(`/api/webhooks/${webhookId}/deliveries${query}`);
  return deliveryListSchema.parse(await response.json());
};

it('shows the secret of an endpoint once', async () => {
  const made = await world.post('/api/webhooks', { url: world.url, events: ['call.ended', 'call.ended'] });
  expect(made.status).toBe(201);
  const { secret, webhookId, events } = madeWebhookSchema.parse(await made.json());
  expect(events).toEqual(['call.ended']);
  const listed = await (await world.request('/api/webhooks')).text();
  expect(webhookListSchema.parse(JSON.parse(listed)).webhooks.map((webhook) => webhook.webhookId)).toEqual([
    webhookId,
  ]);
  expect(listed).not.toContain(secret);
  const rotated = await world.post(`/api/webhooks/${webhookId}/rotate`, { overlapS: 60 });
  const second = madeWebhookSchema.parse(await rotated.json());
  expect(second.secret).not.toBe(secret);
  expect(second.formerSecretEndsAtMs).toBe(BEGUN_AT_MS + 60_000);
  expect(await (await world.request('/api/webhooks')).text()).not.toContain('whsec_');
});

it.each([
  ['http://hooks.example/', 'url'],
  ['https://127.0.0.1/', 'url'],
  ['https://0x7f.1:8443/', 'url'],
  ['http://169.254.169.254/', 'url'],
  ['https://me:secret@hooks.example/', 'url'],
  ['hooks.example', 'url'],
  ['', 'url'],
])('makes none for %j, and says why', async (url, field) => {
  const response = await world.post('/api/webhooks', { url, events: ['call.ended'] });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ error: { code: 'invalid_field', field } });
  const { webhookId } = await world.make(['call.ended']);
  expect((await patch(`/api/webhooks/${webhookId}`, { url })).status).toBe(422);
});

it.each([
  [{ events: [] }],
  [{ events: ['call.everything'] }],
  [{ events: ['call.ended'], secret: 'whsec_' }],
])('makes none with %j', async (fields) => {
  expect((await world.post('/api/webhooks', { url: world.url, ...fields })).status).toBe(422);
});

it('tries an endpoint out at once, and answers with what came of it', async () => {
  const { webhookId, secret } = await world.make(['call.ended']);
  const taken = webhookDeliverySchema.parse(
    await (await world.post(`/api/webhooks/${webhookId}/test`, {})).json(),
  );
  expect(taken).toMatchObject({ type: 'webhook.test', state: 'delivered', lastAttempt: { status: 200 } });
  expect(taken.lastAttempt?.answer).toHaveLength(1_024);
  const [{ body, headers } = { body: '', headers: {} }] = world.received;
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({
    type: 'webhook.test',
    data: { webhookId },
  });
  world.answerWith(302);
  const failed = webhookDeliverySchema.parse(
    await (await world.post(`/api/webhooks/${webhookId}/test`, {})).json(),
  );
  expect(failed).toMatchObject({
    state: 'given_up',
    attempts: 1,
    lastAttempt: { status: 302, fault: expect.stringContaining('redirects are not followed') },
  });
});

it('shows what was sent, page by page, and sends it again', async () => {
  const { webhookId, secret } = await world.make(['call.started', 'call.ended']);
  await world.ship('RM_1', ['hello']);
  await world.sent();
  expect(world.received).toHaveLength(2);
  for (const { body, headers } of world.received) new Webhook(secret).verify(body, headers);
  const [newest] = (await deliveriesOf(webhookId, '?limit=1')).deliveries;
  expect(newest).toMatchObject({ type: 'call.ended', callId: 'RM_1', state: 'delivered', attempts: 1 });
  const { nextCursor } = await deliveriesOf(webhookId, '?limit=1');
  const rest = await deliveriesOf(webhookId, `?limit=1&cursor=${nextCursor}`);
  expect(rest).toMatchObject({ deliveries: [{ type: 'call.started' }], nextCursor: null });
  expect(await deliveriesOf(webhookId, '?state=waiting')).toEqual({ deliveries: [], nextCursor: null });
  const again = await world.post(`/api/webhooks/deliveries/${newest?.deliveryId}/resend`, {});
  expect(webhookDeliverySchema.parse(await again.json())).toMatchObject({ messageId: newest?.messageId });
  await world.sent();
  const ids = world.received.map(({ headers }) => headers['webhook-id']);
  expect(ids).toEqual([ids[0], newest?.messageId, newest?.messageId]);
});

it('tells of a recording once it can be fetched', async () => {
  await world.make(['recording.ready']);
  await world.ship('RM_1', ['hello']);
  await world.putFile('RM_1.wav', 'x');
  const finder = createRecordingFinder({
    database: () => world.database,
    files: world.files,
    clock: createVirtualClock(),
    nowEpochMs: () => BEGUN_AT_MS + 60_000,
    onStored: () => {},
    onWhole: () => {},
    log: pino({ level: 'silent' }),
  });
  for (let looks = 0; looks < 2; looks++) await finder.lookForLeft();
  await finder.close();
  await world.sent();
  expect(world.received.map(({ body }) => JSON.parse(body))).toMatchObject([
    { type: 'recording.ready', data: { call: { callId: 'RM_1', recording: 'ready' } } },
  ]);
});

it('changes an endpoint, switches it off and on, and deletes it with its log', async () => {
  const { webhookId } = await world.make(['call.ended']);
  const path = `/api/webhooks/${webhookId}`;
  const off = webhookSchema.parse(
    await (await patch(path, { isEnabled: false, description: 'CRM', events: ['call.started'] })).json(),
  );
  expect(off).toMatchObject({
    description: 'CRM',
    events: ['call.started'],
    state: { kind: 'disabled', reason: 'by_operator', atMs: BEGUN_AT_MS },
  });
  expect(await (await patch(path, { isEnabled: true })).json()).toMatchObject({ state: { kind: 'enabled' } });
  await world.ship('RM_1', ['hello']);
  await world.sent();
  const [{ deliveryId } = { deliveryId: '' }] = (await deliveriesOf(webhookId)).deliveries;
  expect((await world.request(path, { method: 'DELETE' })).status).toBe(204);
  expect((await world.request(`${path}/deliveries`)).status).toBe(404);
  for (const gone of [`${path}/test`, `${path}/rotate`, `/api/webhooks/deliveries/${deliveryId}/resend`])
    expect((await world.post(gone, {})).status).toBe(404);
  expect((await patch(path, {})).status).toBe(404);
  expect((await world.request(path, { method: 'DELETE' })).status).toBe(404);
});

it('is for who runs the server', async () => {
  const { headers } = await world.makeKey('calls:read', 'calls:listen', 'calls:dial', 'agents:write');
  expect((await world.request('/api/webhooks', { headers })).status).toBe(403);
  expect(
    (await world.post('/api/webhooks', { url: world.url, events: ['call.ended'] }, headers)).status,
  ).toBe(403);
  expect(world.received).toEqual([]);
});
