import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { createMonotonicClock } from '../../runtime/clock.ts';
import { openScribeStream } from './scribe-stream.ts';

/** The vendor answers a commit of less new sound with nothing, in ms. */
const LEAST_COMMIT_MS = 300;
const FRAME_MS = 32;

test('a session after one that was cut in silence counts its own sound alone', async () => {
  const { url, sessions, cut } = await startVendor();
  const ending = new AbortController();
  onTestFinished(() => ending.abort(new Error('over')));
  const stream = openScribeStream({
    url,
    apiKey: 'key',
    prefixPaddingMs: 0,
    signal: ending.signal,
    clock: createMonotonicClock(),
    log: pino({ level: 'silent' }),
  });
  const push = (ms: number, isSpeech: boolean) => {
    for (let at = 0; at < ms; at += FRAME_MS)
      stream.push({ samples: new Int16Array(16 * FRAME_MS), sampleRateHz: 16_000, isSpeech });
  };
  // A frame each 5 s keeps the session.
  push(60_000, false);
  await expect.poll(() => sessions[0]?.soundMs).toBeGreaterThan(LEAST_COMMIT_MS);
  cut();
  await expect
    .poll(() => {
      push(5_000, false);
      return sessions.length;
    })
    .toBe(2);
  push(192, true);
  stream.finalize();
  await expect.poll(() => sessions[1]?.committed).toBe(true);
  expect(sessions[1]?.soundMs).toBeGreaterThanOrEqual(LEAST_COMMIT_MS);
});

interface Session {
  soundMs: number;
  committed: boolean;
}

/** A vendor that only listens; `soundMs` is what it has of the first commit. */
async function startVendor() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const sessions: Session[] = [];
  server.on('connection', (socket) => {
    const session: Session = { soundMs: 0, committed: false };
    sessions.push(session);
    socket.on('message', (data) => {
      const { audio_base_64, commit } = JSON.parse(data.toString());
      if (!session.committed) session.soundMs += Buffer.from(audio_base_64, 'base64').length / 32;
      session.committed ||= commit;
    });
  });
  const cut = () => {
    for (const socket of server.clients) socket.terminate();
  };
  onTestFinished(() => {
    cut();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sessions, cut };
}
