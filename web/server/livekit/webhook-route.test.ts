import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createTestApp, TEST_KEY } from '../testing/test-app.ts';

const EVENT = {
  event: 'participant_joined',
  id: 'EV_1',
  room: { name: 'call-1', sid: 'RM_1' },
  participant: { sid: 'PA_1', identity: 'caller-1', kind: 'STANDARD', attributes: {} },
};

async function sign(
  body: string,
  changes: { secret?: string; issuer?: string; expiresAt?: number | string } = {},
) {
  return new SignJWT({ sha256: createHash('sha256').update(body).digest('base64') })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(changes.issuer ?? TEST_KEY.apiKey)
    .setExpirationTime(changes.expiresAt ?? '5m')
    .sign(new TextEncoder().encode(changes.secret ?? TEST_KEY.apiSecret));
}

const send = (app: ReturnType<typeof createTestApp>, body: string, authorization: string) =>
  app.post('/webhooks/livekit', body, { authorization, 'content-type': 'application/webhook+json' });

describe('POST /webhooks/livekit', () => {
  it('passes on who joined, whatever host name livekit-server was given', async () => {
    const app = createTestApp();
    const body = JSON.stringify(EVENT);
    const headers = { authorization: await sign(body) };
    expect((await app.post('http://web:3000/webhooks/livekit', body, headers)).status).toBe(204);
    const person = { sid: 'PA_1', role: 'human', generation: 1 };
    expect(app.roomNews).toEqual([{ type: 'personJoined', roomName: 'call-1', callId: 'RM_1', person }]);
  });

  it('knows our agent from other agents, and its generation', async () => {
    const app = createTestApp();
    const agent = {
      sid: 'PA_2',
      identity: 'agent-RM_1',
      kind: 'AGENT',
      attributes: { 'parley.generation': '3' },
    };
    for (const participant of [agent, { ...agent, identity: 'transcriber' }]) {
      const body = JSON.stringify({ ...EVENT, participant });
      await send(app, body, await sign(body));
    }
    expect(app.roomNews).toMatchObject([
      { person: { role: 'agent', generation: 3 } },
      { person: { role: 'other' } },
    ]);
  });

  it('reads the start and end of rooms and the leaving of people, and ignores the rest', async () => {
    const app = createTestApp();
    const events = [
      'room_started',
      'room_finished',
      'participant_left',
      'participant_connection_aborted',
      'track_published',
    ];
    for (const event of [...events, 'agent_job_started', 'something_new']) {
      const body = JSON.stringify({ ...EVENT, event });
      expect((await send(app, body, await sign(body))).status).toBe(204);
    }
    expect(app.roomNews.map(({ type }) => type)).toEqual([
      'roomStarted',
      'roomFinished',
      'personLeft',
      'personLeft',
    ]);
  });

  it('refuses a body with any bit flipped', async () => {
    const app = createTestApp();
    const body = JSON.stringify({ event: 'room_finished', room: { name: 'call-1', sid: 'RM_1' } });
    const token = await sign(body);
    const bytes = Buffer.from(body);
    for (let index = 0; index < bytes.length; index++) {
      for (const bit of [0, 3, 5]) {
        const flipped = Buffer.from(bytes);
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
        expect((await send(app, flipped.toString('latin1'), token)).status).toBe(401);
      }
    }
    expect(app.roomNews).toEqual([]);
  });

  it('refuses a token with any character changed', async () => {
    const app = createTestApp();
    const body = JSON.stringify(EVENT);
    const token = await sign(body);
    // The last character of a signature of 256 bits holds 2 bits that mean nothing.
    for (let index = 0; index < token.length - 1; index++) {
      const other = token[index] === 'A' ? 'B' : 'A';
      const changed = `${token.slice(0, index)}${other}${token.slice(index + 1)}`;
      expect((await send(app, body, changed)).status).toBe(401);
    }
    expect(app.roomNews).toEqual([]);
  });

  it('refuses another secret, another key, an old token, and none', async () => {
    const app = createTestApp();
    const body = JSON.stringify(EVENT);
    const tokens = [
      await sign(body, { secret: 'another-secret-of-thirty-two-chars' }),
      await sign(body, { issuer: 'another' }),
      await sign(body, { expiresAt: 1_000 }),
      '',
      'Bearer ',
    ];
    for (const token of tokens) expect((await send(app, body, token)).status).toBe(401);
    expect(app.roomNews).toEqual([]);
  });

  it('refuses a body over 64 KiB unread', async () => {
    const app = createTestApp();
    const body = JSON.stringify({ ...EVENT, padding: 'x'.repeat(65 * 1024) });
    expect((await send(app, body, await sign(body))).status).toBe(413);
  });
});
