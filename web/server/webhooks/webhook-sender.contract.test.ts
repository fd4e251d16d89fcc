import { callIdSchema } from '@parley/contracts/ids';
import { webhookMessageSchema } from '@parley/contracts/webhooks';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCallEraser } from '../calls/delete-call.ts';
import type { Database } from '../database/database.ts';
import { databaseKinds, type TestData } from '../database/testing/test-databases.ts';
import { sendAgain } from './delivery-log.ts';
import { LEASE_MS } from './leased-delivery.ts';
import {
  type Answering,
  BROKEN,
  createWebhookWorld,
  type Received,
  SILENCE,
  TAKEN,
} from './testing/webhook-world.ts';

const HOUR_MS = 60 * 60_000;
const TALK = ['what are your prices', 'and on sundays'];
const URL_A = 'https://a.example/hook';
const URL_B = 'https://b.example/hook';

describe.each(databaseKinds())('webhooks on $name', (kind) => {
  let data: TestData;
  let database: Database;
  let world: ReturnType<typeof createWebhookWorld>;
  const senders: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    await kind.start();
    data = await kind.newData();
    database = await data.open();
  });
  afterAll(async () => {
    await data?.close();
    await kind.stop();
  });
  beforeEach(async () => {
    for (const table of ['webhooks', 'calls', 'tombstones'] as const)
      await database.db.deleteFrom(table).execute();
    world = createWebhookWorld(database);
  });
  afterEach(async () => {
    await world.recorder.close();
    await Promise.all(senders.splice(0).map((sender) => sender.close()));
  });
  const start = (answering: Answering = () => TAKEN, on?: Database) => {
    const sender = world.startSender(answering, on);
    senders.push(sender);
    return sender;
  };
  const messagesOf = (callId: string) => world.received.filter((got) => got.callId === callId);
  const idOf = ({ headers }: Received) => headers['webhook-id'];

  it('tell a call in its order, once, in messages that the reference implementation verifies', async () => {
    const { secret } = await world.make(URL_A);
    const sender = start();
    await world.ship('RM_1', TALK, (lines) => ({ to: Math.floor(lines.length / 2) }));
    await sender.pass(0);
    expect(world.typesTold('RM_1').slice(0, 2)).toEqual(['call.started', 'turn.completed']);
    expect(world.typesTold('RM_1')).not.toContain('call.ended');
    await world.ship('RM_1', TALK);
    await world.ship('RM_1', TALK);
    await sender.pass(0);
    const messages = messagesOf('RM_1').map(({ body, headers }) => {
      return webhookMessageSchema.parse(new Webhook(secret).verify(body, headers));
    });
    const types = messages.map(({ type }) => type);
    const turns = messages.flatMap((message) =>
      message.type === 'turn.completed' ? [message.data.turn] : [],
    );
    expect(types).toEqual(['call.started', ...turns.map(() => 'turn.completed'), 'call.ended']);
    expect(turns.filter(({ role }) => role === 'caller').map(({ text }) => text)).toEqual(TALK);
    expect(messages.at(-1)).toMatchObject({ data: { call: { callId: 'RM_1', endReason: 'caller_left' } } });
    expect(new Set(messagesOf('RM_1').map(idOf)).size).toBe(messages.length);
  });

  it('are told of what they want, and of nothing that was before them', async () => {
    await world.ship('RM_before', TALK);
    const sender = start();
    await sender.pass(HOUR_MS);
    await world.make(URL_A, ['call.ended']);
    const b = await world.make(URL_B, ['call.started']);
    await world.webhooks.change(b.webhookId, { isEnabled: false });
    await world.ship('RM_after', TALK);
    await sender.pass(0);
    expect(world.received.map(({ url, type, callId }) => [url, type, callId])).toEqual([
      [URL_A, 'call.ended', 'RM_after'],
    ]);
  });

  it('get the same message under the same id, from attempt to attempt and one as the other', async () => {
    await world.make(URL_A, ['call.ended']);
    await world.make(URL_B, ['call.ended']);
    let attempts = 0;
    const sender = start(({ url }) => (url === URL_A && ++attempts < 3 ? BROKEN : TAKEN));
    await world.ship('RM_1', TALK);
    for (const ms of [0, 5_000, 30_000]) await sender.pass(ms);
    expect(world.received).toHaveLength(4);
    expect(new Set(world.received.map(idOf)).size).toBe(1);
    expect(new Set(world.received.map(({ body }) => body)).size).toBe(1);
  });

  it('that fail are tried again as the schedule says, and hold up their own call alone', async () => {
    const { webhookId } = await world.make(URL_A, ['call.started', 'call.ended']);
    let isBroken = true;
    const sender = start(({ callId }) => (isBroken && callId === 'RM_1' ? BROKEN : TAKEN));
    await world.ship('RM_1', TALK);
    await world.ship('RM_2', TALK);
    await sender.pass(0);
    expect(world.typesTold('RM_2')).toEqual(['call.started', 'call.ended']);
    for (const ms of [4_999, 1, 29_999, 1, 120_000]) await sender.pass(ms);
    const atMs = messagesOf('RM_1').map(({ atMs }) => atMs);
    expect(atMs).toEqual([0, 5_000, 35_000, 155_000]);
    const [first, second] = (await world.deliveries(webhookId)).filter(({ callId }) => callId === 'RM_1');
    expect(first).toMatchObject({
      state: 'waiting',
      attempts: 4,
      nextAttemptAtMs: world.nowEpochMs() + 600_000,
      lastAttempt: { status: 500, answer: 'no', fault: expect.stringContaining('500') },
    });
    expect(second).toMatchObject({ state: 'queued', attempts: 0, nextAttemptAtMs: null, lastAttempt: null });
    expect(await world.webhooks.find(webhookId)).toMatchObject({ state: { kind: 'enabled' } });
    isBroken = false;
    await sender.pass(600_000);
    expect(world.typesTold('RM_1').slice(-2)).toEqual(['call.started', 'call.ended']);
    expect(await world.webhooks.find(webhookId)).toMatchObject({ failingSinceMs: null });
  });

  it('that take nothing for a day are given up, message by message, and can be sent again by hand', async () => {
    const { webhookId } = await world.make(URL_A, ['call.started', 'call.ended']);
    let isBroken = true;
    const sender = start(({ type }) => (isBroken && type === 'call.started' ? BROKEN : TAKEN));
    await world.ship('RM_1', TALK);
    await sender.pass(0);
    for (let looks = 0; looks < 25 * 6; looks++) await sender.pass(HOUR_MS / 6);
    expect(world.typesTold('RM_1')).toEqual([...Array(11).fill('call.started'), 'call.ended']);
    const [first, second] = await world.deliveries(webhookId);
    expect(first).toMatchObject({ state: 'given_up', attempts: 11, nextAttemptAtMs: null });
    expect(second).toMatchObject({ state: 'delivered', attempts: 1 });
    isBroken = false;
    await sendAgain(database, first?.deliveryId ?? '', world.nowEpochMs());
    await sender.pass(0);
    expect((await world.deliveries(webhookId))[0]).toMatchObject({ state: 'delivered', attempts: 1 });
    expect(
      messagesOf('RM_1')
        .filter(({ type }) => type === 'call.started')
        .map(idOf),
    ).toEqual(Array(12).fill(messagesOf('RM_1').map(idOf)[0]));
  });

  it('that fail for three days are off, and get what waits once they are on again', async () => {
    const { webhookId } = await world.make(URL_A, ['call.ended']);
    let isBroken = true;
    const sender = start(() => (isBroken ? BROKEN : TAKEN));
    for (let day = 0; day < 4; day++) {
      await world.ship(`RM_${day}`, TALK);
      for (let hours = 0; hours < 24; hours++) await sender.pass(HOUR_MS);
    }
    expect(await world.webhooks.find(webhookId)).toMatchObject({
      state: { kind: 'disabled', reason: 'failing' },
    });
    await world.ship('RM_unheard', TALK);
    const sent = world.received.length;
    await sender.pass(24 * HOUR_MS);
    expect(world.received).toHaveLength(sent);
    isBroken = false;
    expect(await world.webhooks.change(webhookId, { isEnabled: true })).toMatchObject({
      state: { kind: 'enabled' },
      failingSinceMs: null,
    });
    await sender.pass(24 * HOUR_MS);
    expect(world.received.slice(sent).map(({ callId }) => callId)).toEqual(['RM_2', 'RM_3']);
  });

  it('that answer 410 are off at once', async () => {
    const { webhookId } = await world.make(URL_A, ['call.started', 'call.ended']);
    const sender = start(() => ({ ...BROKEN, status: 410 }));
    await world.ship('RM_1', TALK);
    await sender.pass(0);
    expect(await world.webhooks.find(webhookId)).toMatchObject({
      state: { kind: 'disabled', reason: 'gone' },
    });
    expect(world.received).toHaveLength(1);
    expect((await world.deliveries(webhookId))[0]).toMatchObject({ state: 'given_up', attempts: 1 });
  });

  it('that are slow hold up no other, and are left after ten seconds', async () => {
    const slow = await world.make(URL_A, ['call.ended']);
    await world.make(URL_B, ['call.ended']);
    const sender = start(({ url }) => (url === URL_A ? SILENCE : TAKEN));
    const calls = Array.from({ length: 12 }, (_, call) => `RM_${call}`);
    for (const callId of calls) await world.ship(callId, ['hello']);
    sender.wake();
    const toldB = () => world.received.filter(({ url }) => url === URL_B).length;
    await expect.poll(toldB).toBe(calls.length);
    expect(world.received.filter(({ url }) => url === URL_A)).toHaveLength(4);
    await world.clock.advance(9_999);
    expect((await world.deliveries(slow.webhookId)).map(({ attempts }) => attempts)).toEqual(
      Array(12).fill(0),
    );
    await world.clock.advance(1);
    const faults = async () =>
      (await world.deliveries(slow.webhookId)).flatMap(({ lastAttempt }) => lastAttempt?.fault ?? []);
    await expect.poll(faults).toEqual(Array(4).fill(expect.stringContaining('within 10 s')));
  });

  it('are sent again after the lease where a server died in mid-attempt, and no sooner', async () => {
    const { webhookId } = await world.make(URL_A, ['call.ended']);
    const dead = world.startSender(() => SILENCE);
    await world.ship('RM_1', TALK);
    dead.wake();
    await expect.poll(() => world.received.length).toBe(1);
    // The dead process says nothing more of it, and its lease stays: nothing of it is closed.
    const other = start();
    await other.pass(LEASE_MS - 1);
    expect(world.received).toHaveLength(1);
    await other.pass(1);
    expect(world.received.map(idOf)).toEqual([
      idOf(world.received[0] as Received),
      idOf(world.received[0] as Received),
    ]);
    expect((await world.deliveries(webhookId))[0]).toMatchObject({ state: 'delivered', attempts: 1 });
    // Continued after all, it finds that its lease is another's.
    await world.clock.advance(10_000);
    await dead.close();
    expect((await world.deliveries(webhookId))[0]).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  it('are sent at once by another server where one ended in mid-attempt', async () => {
    await world.make(URL_A, ['call.ended']);
    const ending = world.startSender(() => SILENCE);
    await world.ship('RM_1', TALK);
    ending.wake();
    await expect.poll(() => world.received.length).toBe(1);
    await ending.close();
    const other = start();
    await other.idle();
    expect(world.received).toHaveLength(2);
  });

  it.runIf(kind.isShared)('are told each thing once by two servers, each call in its order', async () => {
    const { webhookId } = await world.make(URL_A);
    const both = [start(), start(() => TAKEN, await data.open())];
    const calls = Array.from({ length: 6 }, (_, call) => `RM_${call}`);
    await Promise.all(
      calls.map(async (callId) => {
        await world.ship(callId, TALK, (lines) => ({ to: Math.floor(lines.length / 2) }));
        for (const sender of both) sender.wake();
        await world.ship(callId, TALK);
      }),
    );
    const isDone = async () => {
      for (const sender of both) sender.wake();
      await Promise.all(both.map((sender) => sender.idle()));
      return (await world.deliveries(webhookId)).every(({ state }) => state === 'delivered');
    };
    await expect.poll(isDone, { timeout: 30_000 }).toBe(true);
    const deliveries = await world.deliveries(webhookId);
    expect(deliveries.length).toBeGreaterThan(calls.length * 4);
    expect(world.received).toHaveLength(deliveries.length);
    expect(new Set(world.received.map(idOf)).size).toBe(deliveries.length);
    for (const callId of calls) {
      const inOrder = deliveries
        .filter((delivery) => delivery.callId === callId)
        .map(({ messageId }) => messageId);
      expect(messagesOf(callId).map(idOf)).toEqual(inOrder);
    }
  });

  it('hear of the end of a call that the server ended, once, whatever its journal tells later', async () => {
    await world.make(URL_A, ['call.ended']);
    const sender = start();
    const callId = callIdSchema.parse('RM_1');
    await world.ship('RM_1', TALK, (lines) => ({ to: Math.floor(lines.length / 2) }));
    await world.recorder.end(callId, { atMs: world.nowEpochMs() + 60_000, reason: 'agent_lost' });
    await sender.pass(0);
    await world.ship('RM_1', TALK);
    await world.recorder.end(callId, { atMs: world.nowEpochMs() + 60_000, reason: 'agent_lost' });
    await sender.pass(0);
    expect(world.received).toHaveLength(1);
    expect(JSON.parse(world.received[0]?.body ?? '')).toMatchObject({
      data: { call: { state: 'ended', endReason: 'agent_lost', durationMs: expect.any(Number) } },
    });
  });

  it('are told nothing more of a call that was deleted, and keep nothing of it', async () => {
    const { webhookId } = await world.make(URL_A);
    const sender = start(({ type }) => (type === 'call.started' ? SILENCE : TAKEN));
    await world.ship('RM_1', TALK);
    sender.wake();
    await expect.poll(() => world.received.length).toBe(1);
    const eraser = createCallEraser({
      database: () => database,
      files: { remove: async () => {} } as never,
      recorder: world.recorder,
      live: { callDeleted: () => {} },
      nowEpochMs: world.nowEpochMs,
    });
    await eraser.erase([{ callId: callIdSchema.parse('RM_1'), ownerKeyId: null }]);
    expect(await world.deliveries(webhookId)).toEqual([]);
    await world.ship('RM_1', TALK);
    await world.clock.advance(10_000);
    await sender.pass(HOUR_MS);
    expect(await world.deliveries(webhookId)).toEqual([]);
    expect(world.received).toHaveLength(1);
  });

  it('verify with both secrets while they change, and with the new one alone afterwards', async () => {
    const { webhookId, secret: former } = await world.make(URL_A, ['call.ended']);
    const rotated = await world.webhooks.rotate(webhookId, 60_000);
    const secret = rotated?.secret ?? '';
    const sender = start();
    await world.ship('RM_1', TALK);
    await sender.pass(0);
    await sender.pass(60_000);
    await world.ship('RM_2', TALK);
    await sender.pass(0);
    const isBy = (key: string) =>
      world.received.map(({ body, headers }) => {
        try {
          return new Webhook(key).verify(body, headers) !== undefined;
        } catch {
          return false;
        }
      });
    expect(isBy(former)).toEqual([true, false]);
    expect(isBy(secret)).toEqual([true, true]);
  });

  it('keep what is done with for 30 days', async () => {
    const { webhookId } = await world.make(URL_A, ['call.ended']);
    const sender = start();
    await world.ship('RM_1', TALK);
    await sender.pass(0);
    await sender.pass(29 * 24 * HOUR_MS);
    expect(await world.deliveries(webhookId)).toHaveLength(1);
    await sender.pass(2 * 24 * HOUR_MS);
    expect(await world.deliveries(webhookId)).toEqual([]);
  });
});
