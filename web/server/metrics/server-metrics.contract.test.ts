import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCallWorld } from '../calls/testing/call-world.ts';
import { DatabaseError } from '../database/database-error.ts';
import { databaseKinds } from '../database/testing/test-databases.ts';
import { createMonotonicClock } from '../runtime/clock.ts';
import { workerReport } from '../testing/test-app.ts';
import { openMetrics } from './open-metrics.ts';
import { readStoredFigures } from './stored-figures.ts';

const CALL_ID = 'RM_secretCall1';
const SAID = 'my number is 491701234567';

let world: Awaited<ReturnType<typeof openCallWorld>>;
let opened: Awaited<ReturnType<typeof openMetrics>>[];
beforeEach(async () => {
  opened = [];
  world = await openCallWorld();
});
afterEach(async () => {
  for (const listener of opened) await listener.close();
  await world.close();
});

async function open(changes: Partial<Parameters<typeof openMetrics>[0]> = {}) {
  const listener = await openMetrics({
    metrics: world.metrics,
    bind: { host: '127.0.0.1', port: 0 },
    workers: world.workers,
    sfuReach: { look: async () => ({ status: 'ok', message: '' }) },
    waitingRecordings: () => null,
    database: () => world.database,
    live: world.live,
    clock: createMonotonicClock(),
    nowEpochMs: () => 1_000_000,
    ...changes,
  });
  opened.push(listener);
  const ask = (path: string) => fetch(`http://127.0.0.1:${listener.port}${path}`);
  return {
    listener,
    ask,
    /** The value of a sample; null where there is none. */
    async figure(sample: string) {
      const line = (await (await ask('/metrics')).text())
        .split('\n')
        .find((one) => one.startsWith(`${sample} `));
      return line === undefined ? null : Number(line.slice(sample.length + 1));
    },
  };
}

describe('the figures of the server', () => {
  it('count requests by the pattern of their route, never by what was asked', async () => {
    const { ask, figure } = await open();
    await world.ship(CALL_ID, [SAID]);
    expect((await world.request(`/api/calls/${CALL_ID}`)).status).toBe(200);
    expect((await world.request('/api/calls/RM_other')).status).toBe(404);
    await world.request(`/api/calls?q=${encodeURIComponent(SAID)}`);
    await world.request(`/api/${CALL_ID}/nothing`);
    await world.request('/no/such/page-491701234567');
    await world.post('/internal/claims', {});
    const count = (route: string, status: number, method = 'GET') =>
      figure(`parley_http_request_seconds_count{method="${method}",route="${route}",status="${status}"}`);
    expect(await count('/api/calls/:callId', 200)).toBe(1);
    expect(await count('/api/calls/:callId', 404)).toBe(1);
    expect(await count('/api/calls', 200)).toBe(1);
    expect(await count('/internal/*', 401, 'POST')).toBe(1);
    const text = await (await ask('/metrics')).text();
    for (const secret of [CALL_ID, 'RM_other', '491701234567']) expect(text).not.toContain(secret);
  });

  it('tell of recordings that wait for a bucket, and nothing without one', async () => {
    expect(await (await open()).figure('parley_recordings_waiting')).toBeNull();
    const { figure } = await open({ waitingRecordings: () => 3 });
    expect(await figure('parley_recordings_waiting')).toBe(3);
  });

  it('count the end of each call once, with its reason', async () => {
    const { figure } = await open();
    await world.ship('RM_1', ['hello']);
    await world.ship('RM_1', ['hello']);
    await world.ship('RM_2', ['hello'], {}, { leaves: false });
    expect(await figure('parley_stored_calls_ended_total{reason="caller_left"}')).toBe(1);
    expect(await figure('parley_stored_calls_without_cost_total')).toBe(1);
    expect(await figure('parley_stored_calls_cost_usd_total')).toBe(0);
    expect(await figure('parley_stored_calls{state="active"}')).toBe(1);
    expect(await figure('parley_stored_calls{state="waiting"}')).toBe(0);
  });

  it('tell of workers, livekit-server and database, and have none of a database that is away', async () => {
    world.workers.report(workerReport({ workerId: 'w1' }));
    world.workers.report(workerReport({ workerId: 'w2' }));
    world.workers.report(workerReport({ workerId: 'w3', state: 'draining' }));
    let isAway = false;
    const { figure } = await open({
      sfuReach: { look: async () => ({ status: 'unreachable', message: '' }) },
      database() {
        if (isAway) throw new DatabaseError('unreachable', 'away');
        return world.database;
      },
    });
    expect(await figure('parley_workers{state="ready"}')).toBe(2);
    expect(await figure('parley_workers{state="draining"}')).toBe(1);
    expect(await figure('parley_livekit_up')).toBe(0);
    expect([
      await figure('parley_database_up'),
      await figure('parley_webhook_oldest_waiting_seconds'),
    ]).toEqual([1, 0]);
    isAway = true;
    expect([
      await figure('parley_database_up'),
      await figure('parley_webhook_oldest_waiting_seconds'),
    ]).toEqual([0, null]);
    expect(await figure('parley_stored_calls{state="active"}')).toBe(null);
  });

  it('lead Prometheus to the workers of this machine', async () => {
    const { ask } = await open();
    const health = { hostName: hostname(), port: 8081 };
    world.workers.report(workerReport({ workerId: 'w1', health }));
    world.workers.report(workerReport({ workerId: 'w2', health: { ...health, hostName: 'elsewhere' } }));
    world.workers.report(workerReport({ workerId: 'w3' }));
    expect(await (await ask('/targets')).json()).toEqual([
      { targets: ['127.0.0.1:8081'], labels: { process: 'worker' } },
    ]);
    expect((await ask('/api/health')).status).toBe(404);
  });

  it('are on loopback, at a free port where the default one is taken, and at none where one was asked for', async () => {
    const { listener } = await open();
    const asked = { host: '127.0.0.1', port: listener.port };
    await expect(open({ bind: asked })).rejects.toThrow('PARLEY_METRICS_BIND');
    const [first, second] = [await open({ bind: null }), await open({ bind: null })];
    expect(first.listener.port).not.toBe(second.listener.port);
    expect(second.listener.address).toBe(`http://127.0.0.1:${second.listener.port}/metrics`);
  });
});

describe.each(databaseKinds())('figures of $name', (kind) => {
  it('are counted by state', async () => {
    await kind.start();
    const data = await kind.newData();
    try {
      const database = await data.open();
      const read = () =>
        readStoredFigures({
          database: () => database,
          clock: createMonotonicClock(),
          nowEpochMs: () => 9_000,
        });
      expect(await read()).toEqual({
        waitingCalls: 0,
        activeCalls: 0,
        waitingDeliveries: 0,
        givenUpDeliveries: 0,
        oldestWaitingMs: 0,
      });
      await database.db
        .insertInto('webhooks')
        .values({
          webhook_id: 'w',
          url: 'https://example.com',
          secret: 's',
          events_json: '[]',
          is_enabled: 1,
          created_at_ms: 0,
        })
        .execute();
      for (const [at, state] of (['waiting', 'waiting', 'given_up', 'delivered'] as const).entries())
        await database.db
          .insertInto('webhook_deliveries')
          .values({
            delivery_id: `d${at}`,
            webhook_id: 'w',
            event_type: 'call.ended',
            call_id: null,
            body_json: '{}',
            state,
            attempts: 0,
            created_at_ms: 2_000 + at,
            next_attempt_at_ms: 0,
            leased_until_ms: null,
            answer_status: null,
            answer_note: null,
          })
          .execute();
      expect(await read()).toMatchObject({
        waitingDeliveries: 2,
        givenUpDeliveries: 1,
        oldestWaitingMs: 7_000,
      });
    } finally {
      await data.close();
      await kind.stop();
    }
  });
});
