import { INTERNAL_AUDIENCE } from '@parley/contracts/internal-api';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createInternalApp } from '../app.ts';
import { createTestApp, TEST_KEY, workerReport } from '../testing/test-app.ts';

const CLAIM = { callId: 'RM_1', seat: 'main', generation: 1, workerId: 'worker-1' };

async function mint(
  changes: { secret?: string; audience?: string; issuer?: string; life?: string; issuedAt?: number } = {},
) {
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(changes.issuer ?? TEST_KEY.apiKey)
    .setAudience(changes.audience ?? INTERNAL_AUDIENCE)
    .setIssuedAt(changes.issuedAt)
    .setExpirationTime(changes.life ?? '5m')
    .sign(new TextEncoder().encode(changes.secret ?? TEST_KEY.apiSecret));
  return { authorization: `Bearer ${token}` };
}

describe('/internal', () => {
  it('takes a report of a worker on this machine and announces its agents', async () => {
    const { post, request } = createTestApp();
    expect((await post('/internal/workers', workerReport(), await mint())).status).toBe(204);
    expect(await (await request('/api/agents')).json()).toEqual({
      agents: [
        {
          name: 'receptionist',
          title: 'Receptionist',
          description: 'Answers the phone',
          language: 'en',
          isDefault: true,
        },
      ],
    });
  });

  it('answers a claim', async () => {
    const { post } = createTestApp();
    expect(await (await post('/internal/claims', CLAIM, await mint())).json()).toEqual({ kind: 'granted' });
    const other = await post('/internal/claims', { ...CLAIM, workerId: 'worker-2' }, await mint());
    expect(await other.json()).toEqual({ kind: 'refused', heldGeneration: 1 });
  });

  it('answers under whatever name an agent knows the server by', async () => {
    const { post } = createTestApp();
    expect(
      (await post('http://web:3000/internal/claims', CLAIM, await mint(), '::ffff:127.0.0.1')).status,
    ).toBe(200);
  });

  it('refuses other machines, and what a proxy on this machine brings from them', async () => {
    const { post } = createTestApp({ host: '0.0.0.0', accessKey: 'a-key-of-more-than-sixteen' });
    expect((await post('/internal/claims', CLAIM, await mint(), '192.168.1.9')).status).toBe(403);
    const forwarded = { ...(await mint()), 'x-forwarded-for': '192.168.1.9' };
    expect((await post('/internal/claims', CLAIM, forwarded)).status).toBe(403);
  });

  it('takes other machines at the address of its own, with the same token', async () => {
    const app = createInternalApp({
      key: TEST_KEY,
      onClaim: async () => ({ kind: 'granted' }),
      onShipment: async () => ({ kind: 'deleted' }),
      journalsJson: async () => '{"journals":[]}',
      onUpload: async () => 'stored',
      onReport: () => {},
      onRoomNews: () => {},
      requestMeter: (_c, next) => next(),
      log: pino({ level: 'silent' }),
    });
    const ask = (headers: Record<string, string>) =>
      app.request('/internal/claims', { method: 'POST', headers, body: JSON.stringify(CLAIM) });
    expect((await ask(await mint())).status).toBe(200);
    expect((await ask({})).status).toBe(401);
    expect((await app.request('/api/health')).status).toBe(404);
  });

  it('refuses a token of another secret, audience or key, one that lives too long, and an old one', async () => {
    const { post } = createTestApp();
    const wrong = [
      await mint({ secret: 'another-secret-of-thirty-two-chars' }),
      await mint({ audience: 'somebody-else' }),
      await mint({ issuer: 'another' }),
      await mint({ life: '1h' }),
      await mint({ issuedAt: 1_000, life: '1m' }),
      { authorization: `Basic ${TEST_KEY.apiSecret}` },
      {},
    ];
    for (const headers of wrong) expect((await post('/internal/claims', CLAIM, headers)).status).toBe(401);
  });

  it('names the field of a body with a fault', async () => {
    const { post } = createTestApp();
    const response = await post('/internal/claims', { ...CLAIM, generation: 0 }, await mint());
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ error: { field: 'generation' } });
  });
});
