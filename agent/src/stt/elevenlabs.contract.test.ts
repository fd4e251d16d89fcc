import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { createMonotonicClock } from '../runtime/clock.ts';
import { elevenlabsStt } from './elevenlabs.ts';

test('a wrong key is told at warming, and a right one leaves no session open', async () => {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    verifyClient: ({ req }, done) => done(req.headers['xi-api-key'] === 'right', 401, 'invalid_api_key'),
  });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  await new Promise((resolve) => server.once('listening', resolve));
  let sessions = 0;
  server.on('connection', () => {
    sessions += 1;
  });
  const warm = async (apiKey: string) => {
    const stt = elevenlabsStt.create({
      model: 'scribe_v2_realtime',
      settings: {},
      apiKey,
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      clock: createMonotonicClock(),
      log: pino({ level: 'silent' }),
    });
    await stt.warm().finally(() => stt.close());
  };
  await expect(warm('wrong')).rejects.toMatchObject({ code: 'auth', retryable: false });
  await warm('right');
  await expect.poll(() => [sessions, server.clients.size]).toEqual([1, 0]);
});
