import { healthSchema } from '@parley/contracts/http-api';
import { callIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { writeNotice } from '../calls/notice-words.ts';
import { SfuError } from '../livekit/sfu.ts';
import { ACCESS_KEY, createTestApp, workerReport } from '../testing/test-app.ts';

const healthOf = async (app: ReturnType<typeof createTestApp>, headers: Record<string, string> = {}) => {
  const response = await app.request('/api/health', { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return healthSchema.parse(await response.json());
};

describe('GET /api/health', () => {
  it('is ok when a worker would take a call', async () => {
    const app = createTestApp();
    app.workers.report(workerReport());
    expect(await healthOf(app)).toMatchObject({
      status: 'ok',
      livekit: { status: 'ok' },
      workers: { processes: 1, ready: 1, maxCalls: 20 },
      stages: { tts: { provider: 'embedded' } },
      notices: [],
    });
  });

  it.each([
    ['no worker has reported', []],
    ['the only worker is starting', [workerReport({ state: 'starting', isRegistered: false })]],
    ['the only worker is not registered', [workerReport({ isRegistered: false })]],
    ['the only worker drains', [workerReport({ state: 'draining' })]],
    ['the only worker has no agent', [workerReport({ agents: [], defaultAgent: '' })]],
  ])('is down when %s', async (_what, reports) => {
    const app = createTestApp();
    for (const report of reports) app.workers.report(report);
    expect((await healthOf(app)).status).toBe('down');
  });

  it.each([
    ['every worker is full', workerReport({ state: 'full', calls: 20 })],
    ['a definition has a fault', workerReport({ definitionFaults: ['joker.yaml: greeting is missing'] })],
  ])('is degraded when %s', async (_what, report) => {
    const app = createTestApp();
    app.workers.report(report);
    expect((await healthOf(app)).status).toBe('degraded');
  });

  it('is degraded for a minute after a call without an agent, and tells of it for ten', async () => {
    const app = createTestApp();
    const report = async () => {
      app.workers.report(workerReport());
      return healthOf(app);
    };
    app.notices.pin(callIdSchema.parse('RM_1'), writeNotice('full'));
    expect(await report()).toMatchObject({
      status: 'degraded',
      notices: [{ callId: 'RM_1', cause: 'full', ageMs: 0 }],
    });
    await app.clock.advance(60_001);
    expect(await report()).toMatchObject({ status: 'ok', notices: [{ ageMs: 60_001 }] });
    await app.clock.advance(540_000);
    expect((await report()).notices).toEqual([]);
  });

  it('is degraded while the database is away, and says why only to those with access', async () => {
    const databaseHealth = { status: 'away', message: 'PostgreSQL at db.example does not answer.' } as const;
    const app = createTestApp({ databaseHealth, host: '0.0.0.0', accessKey: ACCESS_KEY });
    app.workers.report(workerReport());
    expect(await healthOf(app)).toMatchObject({
      status: 'degraded',
      database: { status: 'away', message: '' },
    });
    const known = await healthOf(app, { authorization: `Bearer ${ACCESS_KEY}` });
    expect(known.database.message).toContain('db.example');
  });

  it('is down when livekit-server is away, and asks it at most once a second', async () => {
    const app = createTestApp();
    let asked = 0;
    app.sfu.ping = async () => {
      asked++;
      throw new SfuError('unreachable', 'away', undefined);
    };
    app.workers.report(workerReport());
    const [health] = await Promise.all([healthOf(app), healthOf(app), healthOf(app)]);
    expect(health).toMatchObject({ status: 'down', livekit: { status: 'unreachable' } });
    expect(asked).toBe(1);
    app.sfu.ping = async () => {};
    await app.clock.advance(1_000);
    expect((await healthOf(app)).status).toBe('ok');
  });

  it('says what to do when livekit-server refuses the key', async () => {
    const app = createTestApp();
    app.sfu.ping = async () => {
      throw new SfuError('refused', 'no', undefined);
    };
    const { livekit } = await healthOf(app);
    expect(livekit.status).toBe('refused');
    expect(livekit.message).toContain('LIVEKIT_API_SECRET');
  });

  it('forgets a worker that has said nothing for 6 s', async () => {
    const app = createTestApp();
    app.workers.report(workerReport());
    await app.clock.advance(6_000);
    expect((await healthOf(app)).status).toBe('ok');
    await app.clock.advance(1);
    expect((await healthOf(app)).workers.processes).toBe(0);
  });

  it('tells faults of definitions only to those with access', async () => {
    const app = createTestApp({ accessKey: ACCESS_KEY });
    app.workers.report(workerReport({ definitionFaults: ['joker.yaml: greeting is missing'] }));
    expect((await healthOf(app)).workers.definitionFaults).toEqual([]);
    const known = await healthOf(app, { authorization: `Bearer ${ACCESS_KEY}` });
    expect(known.workers.definitionFaults).toEqual(['joker.yaml: greeting is missing']);
  });

  it('names the address of the figures only to those with access', async () => {
    const app = createTestApp({ accessKey: ACCESS_KEY });
    expect(await healthOf(app)).not.toHaveProperty('metrics');
    const known = await healthOf(app, { authorization: `Bearer ${ACCESS_KEY}` });
    expect(known.metrics).toBe('http://127.0.0.1:9464/metrics');
  });

  it('answers under any host name, as a probe asks', async () => {
    const { request } = createTestApp();
    expect((await request('http://10.1.2.3:3000/api/health')).status).toBe(200);
  });
});
