import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulators } from '../start-simulators.ts';
import { dialBare, type Json } from '../testing/bare-socket.ts';
import { simulatedCartesia } from './cartesia.ts';

/** The exchanges that the vendor's documents tell of, spoken over a bare socket. */
async function start(clock = createMonotonicClock()) {
  const simulators = await startSimulators({
    vendors: [simulatedCartesia],
    clock,
    delays: { ttsFirstAudioMs: 0 },
  });
  onTestFinished(() => simulators.stop());
  const socket = await dialBare(`${simulators.baseUrls.cartesia}/tts/websocket`, {
    authorization: 'Bearer K',
    'cartesia-version': '2026-03-01',
  });
  return { ...simulators, socket };
}

const REQUEST = {
  model_id: 'sonic-3',
  voice: { mode: 'id', id: 'a0e99841-438c-4a64-b679-ae501e7d6091' },
  language: 'en',
  add_timestamps: true,
  max_buffer_delay_ms: 0,
  output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: 24_000 },
};
const input = (context_id: string, transcript: string, more: Json = { continue: true }) => ({
  ...REQUEST,
  context_id,
  transcript,
  ...more,
});
const isOf = (type: string, context_id: string) => (message: Json) =>
  message.type === type && message.context_id === context_id;

test('one context: its inputs are one sound, its words are timed from its start, and it ends with done', async () => {
  const { socket } = await start();
  socket.say(input('c1', 'Your table '));
  socket.say(input('c1', 'is booked.'));
  socket.say(input('c1', '', { continue: false }));
  await socket.until(isOf('done', 'c1'));
  const types = socket.received.map(({ type }) => type);
  expect(types[0]).toBe('chunk');
  expect(types.at(-1)).toBe('done');
  expect(types.filter((type) => type === 'flush_done')).toHaveLength(2);
  for (const message of socket.received) {
    expect(message).toMatchObject({ context_id: 'c1', status_code: 206, done: message.type === 'done' });
  }
  const times = socket.received.flatMap(({ word_timestamps }) => (word_timestamps ? [word_timestamps] : []));
  expect(times).toEqual([
    { words: ['Your', 'table'], start: [0, 0.06], end: [0.06, 0.18] },
    { words: ['is', 'booked.'], start: [0.18, 0.24], end: [0.24, 0.36] },
  ]);
  const bytes = socket.received.reduce(
    (sum, { data }) => sum + Buffer.from(String(data ?? ''), 'base64').length,
    0,
  );
  expect(bytes).toBe(0.36 * 24_000 * 2);
});

test('a cancelled context goes on with what is under way, begins nothing more, and the next is heard', async () => {
  const { socket, log } = await start();
  socket.say(input('c2', 'This sentence is under way when it is cancelled, and is sent to its end. '));
  socket.say(input('c2', 'This one never begins.'));
  await socket.until(isOf('chunk', 'c2'));
  const before = socket.received.length;
  socket.say({ context_id: 'c2', cancel: true });
  socket.say(input('c3', 'Next.', { continue: false }));
  expect(await log.find({ kind: 'cancel' })).toMatchObject({ detail: 'c2' });
  await socket.until(isOf('done', 'c3'));
  await expect.poll(() => socket.received.slice(before).some(isOf('chunk', 'c2'))).toBe(true);
  expect(JSON.stringify(socket.received)).not.toContain('never');
});

test('too many contexts, unknown models and inputs that are none are errors of their context', async () => {
  const { socket, faults } = await start();
  faults.arm('cartesia', 'tts', { kind: 'quirk', name: 'concurrencyLimited' });
  socket.say(input('c4', 'Hello.'));
  socket.say({ ...input('c5', 'Hello.'), model_id: 'tenor' });
  socket.say({ context_id: 'c6', transcript: 'Hello.' });
  await socket.until(({ error_code }) => error_code === 'invalid_request');
  expect(socket.received).toMatchObject([
    { type: 'error', context_id: 'c4', done: true, status_code: 429, error_code: 'concurrency_limited' },
    { type: 'error', context_id: 'c5', done: true, status_code: 400, error_code: 'model_not_found' },
    { type: 'error', done: true, status_code: 400, error_code: 'invalid_request' },
  ]);
});

test('a context takes no input a second after its last sound, and none after its end', async () => {
  const clock = createVirtualClock();
  const { socket } = await start(clock);
  const said = async (message: Json, fits: (message: Json) => boolean) => {
    socket.say(message);
    await expect
      .poll(async () => {
        await clock.advance(20);
        return socket.received.some(fits);
      })
      .toBe(true);
  };
  await said(input('c7', 'One.'), isOf('flush_done', 'c7'));
  await clock.advance(1_100);
  await said(input('c7', 'Two.'), isOf('error', 'c7'));
  await said(input('c8', 'One.', { continue: false }), isOf('done', 'c8'));
  await said(input('c8', 'Two.'), isOf('error', 'c8'));
  expect(socket.received.filter(({ type }) => type === 'error')).toMatchObject([
    { error_code: 'context_expired', context_id: 'c7' },
    { error_code: 'context_expired', context_id: 'c8' },
  ]);
});

test('text waits for more of it where the vendor is not told to begin at once', async () => {
  const clock = createVirtualClock();
  const { socket, log } = await start(clock);
  socket.say({ ...input('c9', 'Wait for it.'), max_buffer_delay_ms: 3_000 });
  await log.find({ kind: 'message' });
  await clock.advance(2_900);
  expect(socket.received).toEqual([]);
  await clock.advance(200);
  await socket.until(isOf('chunk', 'c9'));
});

test('5 minutes without a message close the socket', async () => {
  const clock = createVirtualClock();
  const { socket } = await start(clock);
  await clock.advance(300_000);
  expect(await socket.closed).toEqual({ code: 1000, reason: 'connection idle timeout' });
});
