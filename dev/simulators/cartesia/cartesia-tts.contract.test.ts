import { type Clock, createMonotonicClock } from '@parley/agent/runtime/clock';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { cartesiaTts } from '@parley/agent/tts/cartesia';
import type { Tts, TtsEvent } from '@parley/agent/tts/contract';
import { describeTtsContract } from '@parley/agent/tts/tts.contract';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { collectReply } from '../testing/spoken-replies.ts';
import { simulatedCartesia } from './cartesia.ts';

const TEXT = 'Your table is booked, and we will see you at eight.';

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startSimulators({ vendors: [simulatedCartesia] });
});
afterAll(() => simulators.stop());

function createCartesia(
  options: { clock?: Clock; apiKey?: string; settings?: Record<string, unknown>; model?: string } = {},
): Tts {
  return cartesiaTts.create({
    model: options.model ?? 'sonic-3',
    settings: options.settings ?? {},
    apiKey: options.apiKey ?? 'test-key',
    baseUrl: simulators.baseUrls.cartesia ?? '',
    clock: options.clock ?? createMonotonicClock(),
    log: pino({ level: 'silent' }),
  });
}

describeTtsContract('Cartesia', { create: async () => createCartesia() });

describe('Cartesia', () => {
  test.each([
    ['status', { kind: 'status', status: 401 }, { code: 'auth', retryable: false }],
    ['status', { kind: 'status', status: 402 }, { code: 'rate_limit', retryable: false }],
    [
      'status',
      { kind: 'status', status: 429, headers: { 'retry-after': '3' } },
      { code: 'rate_limit', retryable: true, retryAfterMs: 3_000 },
    ],
    ['status', { kind: 'status', status: 500 }, { code: 'unavailable', retryable: true }],
    ['cut', { kind: 'cut', afterMessages: 3 }, { code: 'unavailable', retryable: true }],
    ['closed', { kind: 'close', code: 1011, reason: 'broken', afterMessages: 2 }, { code: 'unavailable' }],
    [
      'idle',
      { kind: 'close', code: 1000, reason: 'connection idle timeout' },
      { code: 'timeout', retryable: true },
    ],
    ['truncated', { kind: 'truncate', afterMessages: 2 }, { code: 'timeout', retryable: true }],
    ['wrong JSON', { kind: 'wrongJson', afterMessages: 1 }, { code: 'protocol' }],
    [
      'too many contexts',
      { kind: 'quirk', name: 'concurrencyLimited' },
      { code: 'rate_limit', retryable: true, message: expect.stringContaining('concurrency_limited') },
    ],
  ] as const satisfies readonly (readonly [string, Fault, object])[])(
    'fails with a type where the vendor fails: %s %o',
    async (_name, fault, error) => {
      const tts = open();
      simulators.faults.arm('cartesia', 'tts', fault);
      await expect(speak(tts)).rejects.toMatchObject({
        name: 'ProviderError',
        provider: 'cartesia',
        ...error,
      });
      expect(ends(await speak(tts))).toEqual(['s0']);
    },
  );

  test.each(['oddChunks', 'noTimestamps', 'noSubmissionFlush', 'emptyEndRefused'])(
    'speaks as well where the vendor is odd: %s',
    async (name) => {
      const tts = open();
      const usual = soundOf(await speak(tts));
      simulators.faults.arm('cartesia', 'tts', { kind: 'quirk', name }, 40);
      onTestFinished(() => simulators.faults.disarm());
      const events = await speak(tts);
      expect(soundOf(events)).toEqual(usual);
      const marks = events.flatMap((event) => (event.type === 'words' ? event.marks : []));
      expect(marks.map((mark) => TEXT.slice(mark.charStart, mark.charEnd))).toEqual(TEXT.split(' '));
    },
  );

  test('a voice that falls silent in mid-sentence is given up', async () => {
    const clock = createVirtualClock();
    const tts = open({ clock });
    simulators.log.clear();
    simulators.faults.arm('cartesia', 'tts', { kind: 'hang', afterMessages: 2 });
    const failing = expect(speak(tts)).rejects.toMatchObject({ code: 'timeout', retryable: true });
    await simulators.log.find({ kind: 'fault', vendor: 'cartesia' });
    await clock.advance(5_000);
    await failing;
    await simulators.log.find({ kind: 'cancel', vendor: 'cartesia' });
  });

  test('a failure is told before the reply is finished', async () => {
    const tts = open();
    simulators.faults.arm('cartesia', 'tts', { kind: 'cut', afterMessages: 1 });
    const reply = tts.open({
      voice: tts.voices[0] ?? '',
      language: 'en',
      signal: new AbortController().signal,
    });
    reply.say({ segmentId: 's0', text: 'And nothing follows.' });
    await expect(collectReply(reply)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a socket that the vendor closes for its silence is replaced at once', async () => {
    const clock = createVirtualClock();
    const vendor = await startSimulators({ vendors: [simulatedCartesia], clock });
    const tts = cartesiaTts.create({
      model: 'sonic-3',
      settings: {},
      apiKey: 'K',
      baseUrl: vendor.baseUrls.cartesia ?? '',
      clock,
      log: pino({ level: 'silent' }),
    });
    onTestFinished(() => tts.close().then(vendor.stop));
    await tts.warm();
    await clock.advance(300_000);
    await vendor.log.find({ kind: 'end', vendor: 'cartesia' });
    await expect.poll(() => vendor.log.entries({ kind: 'request', vendor: 'cartesia' }).length).toBe(2);
    await expect.poll(() => vendor.log.openCount).toBe(1);
  });

  test('a wrong key is told at warming, and not told on', async () => {
    const tts = createCartesia({ apiKey: 'wrong' });
    onTestFinished(() => tts.close());
    const error = await tts.warm().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'auth', retryable: false });
    expect(String(error)).not.toContain('wrong');
  });

  test('an abort cancels the context at the vendor, and drops what still comes of it', async () => {
    const tts = open();
    simulators.log.clear();
    const ending = new AbortController();
    const reply = tts.open({ voice: 'Barbershop Man', language: 'en', signal: ending.signal });
    reply.say({ segmentId: 's0', text: TEXT.repeat(20) });
    const iterator = reply[Symbol.asyncIterator]();
    await iterator.next();
    const next = speak(tts);
    ending.abort(new Error('interrupted'));
    const { detail } = await simulators.log.find({ kind: 'cancel', vendor: 'cartesia' });
    const messages = simulators.log.entries({ kind: 'message', vendor: 'cartesia' });
    expect(messages.some(({ text }) => text.includes(detail) && text.includes(TEXT))).toBe(true);
    expect(ends(await next)).toEqual(['s0']);
    // One connection carries every reply.
    expect(simulators.log.entries({ kind: 'request', vendor: 'cartesia' }).length).toBeLessThanOrEqual(1);
  });

  test('a reply that was given whole cancels nothing', async () => {
    const tts = open();
    simulators.log.clear();
    await speak(tts);
    await speak(tts);
    expect(simulators.log.entries({ kind: 'cancel', vendor: 'cartesia' })).toEqual([]);
  });

  test('what is asked for is what the agent file says', async () => {
    const tts = open({ settings: { emotion: 'calm', volume: 0.8 } });
    simulators.log.clear();
    await speak(tts);
    const [first] = simulators.log.entries({ kind: 'message', vendor: 'cartesia' });
    expect(JSON.parse(first?.text ?? '')).toMatchObject({
      model_id: 'sonic-3',
      transcript: `${TEXT} `,
      voice: { mode: 'id', id: 'a0e99841-438c-4a64-b679-ae501e7d6091' },
      language: 'en',
      continue: true,
      max_buffer_delay_ms: 0,
      add_timestamps: true,
      generation_config: { speed: 1.05, volume: 0.8, emotion: 'calm' },
    });
    await speak(open({ model: 'sonic-2' }));
    const older = simulators.log.entries({ kind: 'message', vendor: 'cartesia' }).at(-1);
    expect(older?.text).not.toContain('generation_config');
    expect(() => createCartesia({ settings: { speed: 3, tempo: 1 } })).toThrow(/settings.speed.*tempo/s);
  });

  test('a voice by its id passes, and one that the vendor lacks is a bad request', async () => {
    const tts = open();
    const voice = '79a125e8-cd45-4c13-8a67-188112f4dd22';
    expect(ends(await speak(tts, voice))).toEqual(['s0']);
    expect(() => tts.sampleRateHz('79a125e8')).toThrow(expect.objectContaining({ code: 'bad_request' }));
    await expect(speak(open({ model: 'tenor-1' }))).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('model_not_found'),
    });
  });

  test('nothing stays open after close', async () => {
    await expect.poll(() => simulators.log.openCount).toBe(0);
    const tts = createCartesia();
    await Promise.all([speak(tts), speak(tts)]);
    expect(simulators.log.openCount).toBe(1);
    await tts.close();
    await expect.poll(() => simulators.log.openCount).toBe(0);
  });
});

function open(options: Parameters<typeof createCartesia>[0] = {}): Tts {
  const tts = createCartesia(options);
  onTestFinished(() => tts.close());
  return tts;
}

async function speak(tts: Tts, voice = 'Barbershop Man'): Promise<readonly TtsEvent[]> {
  const reply = tts.open({ voice, language: 'en-GB', signal: new AbortController().signal });
  reply.say({ segmentId: 's0', text: TEXT });
  reply.finish();
  return collectReply(reply);
}

const ends = (events: readonly TtsEvent[]) =>
  events.flatMap((event) => (event.type === 'segmentEnd' ? [event.segmentId] : []));

const soundOf = (events: readonly TtsEvent[]) =>
  events.flatMap((event) => (event.type === 'audio' ? [...event.samples] : []));
