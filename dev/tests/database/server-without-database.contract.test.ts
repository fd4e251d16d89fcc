import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintInternalToken } from '@parley/agent/worker/internal-token';
import { type Health, healthSchema } from '@parley/contracts/http-api';
import { claimAnswerSchema } from '@parley/contracts/internal-api';
import { journalOfCall, shipmentOf } from '@parley/web/server/calls/testing/test-shipments';
import { parseSettings } from '@parley/web/server/config/settings';
import { findPostgres, startPostgres } from '@parley/web/server/database/testing/postgres-server';
import { createMonotonicClock } from '@parley/web/server/runtime/clock';
import { startServer } from '@parley/web/server/server';
import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { findFreePort } from '../../ports/free-port.ts';

const key = { apiKey: 'key', apiSecret: 'a secret that is long enough for a signature' };
/** Ten times what it takes. */
const WAIT = { timeout: 60_000, interval: 100 };

it.skipIf(findPostgres() === null)(
  'a server lets calls go on while its database is away, before and after it was there',
  async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.close());
    const databaseUrl = await postgres.createDatabase('parley');
    const dataDir = await mkdtemp(join(tmpdir(), 'parley-server-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    await postgres.kill();
    const server = await startServer({
      settings: parseSettings({
        PORT: '0',
        PARLEY_DATA: dataDir,
        DATABASE_URL: databaseUrl,
        LIVEKIT_URL: `ws://127.0.0.1:${await findFreePort()}`,
        LIVEKIT_API_KEY: key.apiKey,
        LIVEKIT_API_SECRET: key.apiSecret,
      }),
      clientDir: '/nonexistent',
      clock: createMonotonicClock(),
      log: pino({ level: 'silent' }),
    });
    onTestFinished(() => server.close());
    const url = `http://127.0.0.1:${server.port}`;
    const post = async (path: string, body: unknown) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await mintInternalToken(key)}` },
        body: JSON.stringify(body),
      });
    const claim = async (workerId: string) => {
      const request = { callId: 'RM_1', seat: 'main', generation: 1, workerId };
      return claimAnswerSchema.parse(await (await post('/internal/claims', request)).json());
    };
    const databaseIs = (status: Health['database']['status']) =>
      vi.waitFor(async () => {
        const health = healthSchema.parse(await (await fetch(`${url}/api/health`)).json());
        expect(health.database.status).toBe(status);
        return health;
      }, WAIT);
    const shipment = shipmentOf(journalOfCall('RM_1', { texts: ['hello there'] }));

    const { database } = await databaseIs('away');
    expect(database.message).toContain('cannot be reached');
    expect(await claim('one')).toEqual({ kind: 'granted' });
    expect(await claim('two')).toMatchObject({ kind: 'refused' });
    expect((await post('/internal/events', shipment)).status).toBe(503);
    expect((await fetch(`${url}/api/calls`)).status).toBe(503);

    await postgres.start();
    await databaseIs('ok');
    expect((await post('/internal/events', shipment)).status).toBe(200);
    expect((await fetch(`${url}/api/calls/RM_1`)).status).toBe(200);

    await postgres.kill();
    await databaseIs('away');
    expect((await post('/internal/events', shipment)).status).toBe(503);
    expect(await claim('two')).toMatchObject({ kind: 'refused' });

    await postgres.start();
    await databaseIs('ok');
    expect(await (await post('/internal/events', shipment)).json()).toMatchObject({
      nextSeq: shipment.lines.length,
    });
  },
  120_000,
);
