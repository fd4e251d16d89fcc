import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { type Participant, Room, RoomEvent } from '@livekit/rtc-node';
import { createMonotonicClock, delay, wallClockEpochMs } from '@parley/agent/runtime/clock';
import { callNoticeSchema } from '@parley/contracts/call-notice';
import { parseJobMetadata } from '@parley/contracts/dispatch';
import { healthSchema, tokenAnswerSchema } from '@parley/contracts/http-api';
import { agentIdentity, type CallId, callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { TOPIC } from '@parley/contracts/room-protocol';
import { parseSettings } from '@parley/web/server/config/settings';
import { createMonotonicClock as createServerClock } from '@parley/web/server/runtime/clock';
import { startServer, type WebServer } from '@parley/web/server/server';
import { AccessToken, AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureCertificate } from '../../lan/certificate.ts';
import { findFreePort } from '../../ports/free-port.ts';
import { startTestSfu, type TestSfu } from '../../sfu/test-sfu.ts';

type SfuAddress = Pick<TestSfu, 'url' | 'httpUrl' | 'apiKey' | 'apiSecret'>;

const clock = createMonotonicClock();
let sfu: TestSfu;
let server: WebServer;
let base: string;
/** A developer's own history stays as it is. */
let dataDir: string;
const rooms: Room[] = [];

async function startWeb(
  port: number,
  { url, apiKey, apiSecret }: SfuAddress,
  further: Readonly<Record<string, string>> = {},
): Promise<WebServer> {
  const settings = parseSettings({
    PARLEY_DATA: dataDir,
    ...further,
    PORT: String(port),
    LIVEKIT_URL: url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
  });
  return startServer({
    settings,
    clientDir: '/nonexistent',
    clock: createServerClock(),
    log: pino({ level: 'silent' }),
  });
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-server-'));
  const port = await findFreePort();
  sfu = await startTestSfu({ webhookUrl: `http://127.0.0.1:${port}/webhooks/livekit` });
  server = await startWeb(port, sfu);
  base = `http://127.0.0.1:${port}`;
});

afterEach(async () => {
  await Promise.all(rooms.splice(0).map((room) => room.disconnect()));
});

afterAll(async () => {
  await server?.close();
  await sfu?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function fetchToken(from = base) {
  const response = await fetch(`${from}/api/token`, { method: 'POST', body: '{}' });
  return tokenAnswerSchema.parse(await response.json());
}

async function joinRoom(url: string, token: string): Promise<Room> {
  const room = new Room();
  rooms.push(room);
  await room.connect(url, token, { autoSubscribe: true, dynacast: false });
  return room;
}

/** Stands in for an agent: joins as one would, under its identity. */
async function joinAsAgent(roomName: string, callId: CallId, at: SfuAddress = sfu): Promise<Room> {
  const token = new AccessToken(at.apiKey, at.apiSecret, { identity: agentIdentity(callId, MAIN_SEAT) });
  token.addGrant({ roomJoin: true, room: roomName, agent: true });
  token.kind = 'agent';
  return joinRoom(at.url, await token.toJwt());
}

async function callIdOf(roomName: string, at: SfuAddress = sfu): Promise<CallId | null> {
  const [room] = await new RoomServiceClient(at.httpUrl, at.apiKey, at.apiSecret).listRooms([roomName]);
  return room === undefined ? null : callIdSchema.parse(room.sid);
}

async function generations(roomName: string, at: SfuAddress = sfu): Promise<number[]> {
  const dispatches = await new AgentDispatchClient(at.httpUrl, at.apiKey, at.apiSecret).listDispatch(
    roomName,
  );
  return dispatches.map(({ metadata }) => parseJobMetadata(metadata).generation).sort();
}

async function until<T>(withinMs: number, look: () => Promise<T | null>): Promise<T> {
  const givesUpAtMs = clock.nowMs() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (clock.nowMs() > givesUpAtMs) throw new Error(`nothing after ${withinMs} ms`);
    await delay(clock, 25);
  }
}

describe('the web server before a real livekit-server', () => {
  it('lets a caller join through its own origin and tells why nobody comes', async () => {
    const startedAtMs = clock.nowMs();
    const { server_url, participant_token, room_name } = await fetchToken();
    expect(server_url).toBe(base.replace('http', 'ws'));
    const room = new Room();
    rooms.push(room);
    const noticed = new Promise<unknown>((resolve) => {
      room.on(
        RoomEvent.DataReceived,
        (data: Uint8Array, _from?: Participant, _kind?: unknown, topic?: string) => {
          if (topic === TOPIC.notice) resolve(JSON.parse(new TextDecoder().decode(data)));
        },
      );
    });
    await room.connect(server_url, participant_token, { autoSubscribe: true, dynacast: false });
    expect(room.name).toBe(room_name);
    expect(room.localParticipant?.attributes).toEqual({ 'parley.role': 'caller' });

    const notice = callNoticeSchema.parse(await noticed);
    console.info(`told why nobody comes after ${Math.round(clock.nowMs() - startedAtMs)} ms`);
    expect(notice.cause).toBe('no_worker');
    expect(await generations(room_name)).toEqual([1, 2]);
    const health = healthSchema.parse(await (await fetch(`${base}/api/health`)).json());
    expect(health).toMatchObject({
      status: 'down',
      livekit: { status: 'ok' },
      notices: [{ cause: 'no_worker' }],
    });
  });

  it('makes a room anew, with its agent, for a token whose room has closed', async () => {
    const { server_url, participant_token, room_name } = await fetchToken();
    const first = await callIdOf(room_name);
    await new RoomServiceClient(sfu.httpUrl, sfu.apiKey, sfu.apiSecret).deleteRoom(room_name);
    await joinRoom(server_url, participant_token);
    expect(await callIdOf(room_name)).not.toBe(first);
    expect(await generations(room_name)).toEqual([1]);
    await until(50_000, async () => ((await generations(room_name)).length === 2 ? true : null));
  });

  it('dispatches at once when a caller comes after the agent has left', async () => {
    const { server_url, participant_token, room_name } = await fetchToken();
    const callId = (await callIdOf(room_name)) ?? expect.fail('no room');
    const agent = await joinAsAgent(room_name, callId);
    await delay(clock, 500);
    await agent.disconnect();
    await delay(clock, 500);
    expect(await generations(room_name)).toEqual([1]);
    await joinRoom(server_url, participant_token);
    await until(20_000, async () => ((await generations(room_name)).length === 2 ? true : null));
  });

  it('steps in 3 s after the agent of a waiting caller is gone, and not before', async () => {
    const { server_url, participant_token, room_name } = await fetchToken();
    const callId = (await callIdOf(room_name)) ?? expect.fail('no room');
    const agent = await joinAsAgent(room_name, callId);
    await joinRoom(server_url, participant_token);
    await delay(clock, 3_500);
    expect(await generations(room_name)).toEqual([1]);
    await agent.disconnect();
    await delay(clock, 2_000);
    expect(await generations(room_name)).toEqual([1]);
    await until(30_000, async () => ((await generations(room_name)).length === 2 ? true : null));
  });

  it('finds out by itself what no webhook tells', async () => {
    const silent = await startTestSfu();
    const deaf = await startWeb(await findFreePort(), silent);
    try {
      const { server_url, participant_token, room_name } = await fetchToken(`http://127.0.0.1:${deaf.port}`);
      const callId = (await callIdOf(room_name, silent)) ?? expect.fail('no room');
      const agent = await joinAsAgent(room_name, callId, silent);
      await joinRoom(server_url, participant_token);
      await delay(clock, 3_500);
      expect(await generations(room_name, silent)).toEqual([1]);
      await agent.disconnect();
      await until(25_000, async () => ((await generations(room_name, silent)).length > 1 ? true : null));
    } finally {
      await deaf.close();
      await silent.stop();
    }
  });

  it('serves page and signalling over HTTPS on one port', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-tls-'));
    const { certFile, keyFile } = await ensureCertificate({
      folder,
      address: '127.0.0.1',
      nowEpochMs: wallClockEpochMs(),
    });
    const ca = await readFile(certFile);
    const files = { PARLEY_TLS_CERT: certFile, PARLEY_TLS_KEY: keyFile };
    const secure = await startWeb(await findFreePort(), sfu, files);
    try {
      const asked = request({
        host: 'localhost',
        port: secure.port,
        path: '/api/token',
        method: 'POST',
        ca,
      });
      const [response] = await once(asked.end('{}'), 'response');
      const { server_url, participant_token } = tokenAnswerSchema.parse(await json(response));
      expect(server_url).toBe(`wss://localhost:${secure.port}`);
      const upgrade = request({
        host: 'localhost',
        port: secure.port,
        path: `/rtc?access_token=${participant_token}&auto_subscribe=1&protocol=16`,
        ca,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': Buffer.alloc(16).toString('base64'),
        },
      });
      const [answer, socket] = await once(upgrade.end(), 'upgrade');
      expect(answer.statusCode).toBe(101);
      socket.destroy();
    } finally {
      await secure.close();
      await rm(folder, { recursive: true });
    }
  });

  it('passes on that a token is wrong', async () => {
    const { server_url } = await fetchToken();
    const response = await fetch(`${base}/rtc/validate?access_token=wrong`);
    expect(response.status).toBe(401);
    await expect(joinRoom(server_url, 'wrong')).rejects.toThrow();
  });

  it('answers clearly while livekit-server is away', async () => {
    const alone = await startWeb(await findFreePort(), {
      ...sfu,
      url: `ws://127.0.0.1:${await findFreePort()}`,
    });
    try {
      const url = `http://127.0.0.1:${alone.port}`;
      const token = await fetch(`${url}/api/token`, { method: 'POST', body: '{}' });
      expect(token.status).toBe(503);
      expect((await fetch(`${url}/rtc/validate`)).status).toBe(502);
      const health = healthSchema.parse(await (await fetch(`${url}/api/health`)).json());
      expect(health).toMatchObject({ status: 'down', livekit: { status: 'unreachable' } });
    } finally {
      await alone.close();
    }
  });
});
