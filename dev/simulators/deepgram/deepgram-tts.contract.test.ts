import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Tts, TtsEvent } from '@parley/agent/tts/contract';
import { deepgramTts } from '@parley/agent/tts/deepgram';
import { describeTtsContract } from '@parley/agent/tts/tts.contract';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { expectNothingOpen } from '../testing/nothing-open.ts';
import { simulatedDeepgram } from './deepgram.ts';

const TEXT = 'Your table is booked, and we will see you at eight.';
const VOICE = 'aura-2-thalia-en';
const clock = createMonotonicClock();

let vendors: Simulators;
beforeAll(async () => {
  vendors = await startSimulators({ vendors: [simulatedDeepgram], delays: { ttsFirstAudioMs: 20 } });
});
afterAll(() => vendors.stop());
afterEach(() => {
  vendors.faults.disarm();
  vendors.log.clear();
});

function create(options: { apiKey?: string; settings?: Record<string, unknown>; model?: string } = {}): Tts {
  return deepgramTts.create({
    model: options.model ?? VOICE,
    settings: options.settings ?? {},
    apiKey: options.apiKey ?? 'dg-secret',
    baseUrl: vendors.baseUrls.deepgram ?? '',
    clock,
    log: pino({ level: 'silent' }),
  });
}

describeTtsContract('Deepgram', { create: async () => create() });

describe('Deepgram', () => {
  test.each([
    [
      { kind: 'status', status: 401 },
      { code: 'auth', retryable: false },
    ],
    [
      { kind: 'status', status: 402 },
      { code: 'rate_limit', retryable: false },
    ],
    [
      { kind: 'status', status: 429, headers: { 'retry-after': '3' } },
      { code: 'rate_limit', retryable: true, retryAfterMs: 3_000 },
    ],
    [
      { kind: 'status', status: 500 },
      { code: 'unavailable', retryable: true },
    ],
    [
      { kind: 'cut', afterMessages: 3 },
      { code: 'unavailable', retryable: true },
    ],
    [
      { kind: 'truncate', afterMessages: 2 },
      { code: 'unavailable', retryable: true },
    ],
    [{ kind: 'close', code: 1011, reason: 'NET-0000' }, { code: 'unavailable' }],
    [{ kind: 'close', code: 1008, reason: 'DATA-0001', afterMessages: 1 }, { code: 'bad_request' }],
    [{ kind: 'wrongJson' }, { code: 'protocol', retryable: true }],
    [
      { kind: 'quirk', name: 'noSound' },
      { code: 'unavailable', retryable: true },
    ],
  ] satisfies readonly (readonly [Fault, object])[])('%j is told as %j', async (fault, error) => {
    const tts = open();
    vendors.faults.arm('deepgram', 'tts', fault);
    const failure = await speak(tts).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({
      name: 'ProviderError',
      provider: 'deepgram',
      message: expect.not.stringContaining('dg-secret'),
      ...error,
    });
    vendors.faults.disarm();
    expect(endsOf(await speak(tts))).toEqual(['s0']);
  });

  test.each([
    { kind: 'noAnswer' },
    { kind: 'hang' },
    { kind: 'drip', afterMessages: 2 },
  ] satisfies readonly Fault[])(
    '%j ends with its signal, and nothing is left at the vendor',
    async (fault) => {
      const tts = create();
      vendors.faults.arm('deepgram', 'tts', fault);
      const ending = new AbortController();
      const spoken = speak(tts, { signal: ending.signal });
      await vendors.log.find({ kind: 'fault' });
      ending.abort(new Error('interrupted'));
      expect(endsOf(await spoken)).toEqual([]);
      await tts.close();
      await expectNothingOpen(vendors);
    },
  );

  test('sound in odd pieces is the same sound', async () => {
    const tts = open();
    const usual = soundOf(await speak(tts));
    vendors.faults.arm('deepgram', 'tts', { kind: 'quirk', name: 'oddChunks' }, 40);
    expect(soundOf(await speak(tts))).toEqual(usual);
  });

  test('an abort clears at the vendor at once, and what still comes is heard by nobody', async () => {
    const tts = open();
    await tts.warm();
    const ending = new AbortController();
    const reply = tts.open({ voice: VOICE, language: 'en', signal: ending.signal });
    reply.say({ segmentId: 's0', text: TEXT.repeat(8) });
    const iterator = reply[Symbol.asyncIterator]();
    while ((await iterator.next()).value?.type !== 'audio');
    const atMs = clock.nowMs();
    ending.abort(new Error('interrupted'));
    expect(await vendors.log.find({ kind: 'cancel' })).toMatchObject({ detail: 'Clear' });
    // 50 ms are asked for; ten times that is a hang.
    expect(clock.nowMs() - atMs).toBeLessThan(500);
    expect((await iterator.next()).done).toBe(true);
    const alone = await speak(tts);
    // The socket that was cleared is one of the three that speak now.
    for (const other of await Promise.all([speak(tts), speak(tts), speak(tts)])) {
      expect(soundOf(other)).toEqual(soundOf(alone));
    }
    expect(vendors.log.entries({ kind: 'request' }).length).toBeLessThanOrEqual(4);
  });

  test('a socket whose Clear is not confirmed is used no more', async () => {
    const tts = open();
    vendors.faults.arm('deepgram', 'tts', { kind: 'quirk', name: 'neverCleared' });
    const ending = new AbortController();
    const reply = tts.open({ voice: VOICE, language: 'en', signal: ending.signal });
    reply.say({ segmentId: 's0', text: TEXT.repeat(8) });
    const iterator = reply[Symbol.asyncIterator]();
    while ((await iterator.next()).value?.type !== 'audio');
    ending.abort(new Error('interrupted'));
    const { exchangeId } = await vendors.log.find({ kind: 'cancel' });
    expect(await vendors.log.find({ kind: 'end', exchangeId }, 20_000)).toMatchObject({ by: 'client' });
    expect(endsOf(await speak(tts))).toEqual(['s0']);
  });

  test('a reply has a socket for itself, one waits for the next, and none is opened twice', async () => {
    const tts = open();
    await tts.warm();
    expect(vendors.log.openCount).toBe(1);
    for (let times = 0; times < 3; times++) await speak(tts);
    expect(vendors.log.openCount).toBe(2);
    expect(vendors.log.entries({ kind: 'request' })).toHaveLength(2);
    expect(vendors.log.entries({ kind: 'cancel' })).toEqual([]);
  });

  test('more segments than a socket takes in a minute are spoken on another', async () => {
    const tts = open();
    const texts = Array.from({ length: 45 }, (_, index) => `This is number ${index}.`);
    const events = await speak(tts, { texts });
    expect(endsOf(events)).toEqual(texts.map((_, index) => `s${index}`));
    const flushes = vendors.log
      .entries({ kind: 'message' })
      .filter(({ text }) => text === '{"type":"Flush"}')
      .map(({ exchangeId }) => exchangeId);
    expect(flushes).toHaveLength(45);
    for (const id of flushes) expect(flushes.filter((other) => other === id).length).toBeLessThanOrEqual(20);
  });

  test('a very long text is sent in pieces that together are the whole of it', async () => {
    const tts = open();
    const text = `${'The naïve café owes us 5 € — 你好, Привет 😀. '.repeat(60)}`;
    const events = await speak(tts, { texts: [text] });
    expect(endsOf(events)).toEqual(['s0']);
    const sent = vendors.log.entries({ kind: 'message' }).flatMap(({ text: message }) => {
      const { type, text: piece } = JSON.parse(message) as { type: string; text?: string };
      return type === 'Speak' ? [piece ?? ''] : [];
    });
    expect(sent.join('')).toBe(text);
    for (const piece of sent) expect(piece.length).toBeLessThanOrEqual(2_000);
  });

  test('asks for what the agent file says', async () => {
    const tts = open({
      model: 'aura-2-apollo-en',
      settings: { speed: 1.1, sampleRateHz: 48_000, mipOptOut: true },
    });
    expect(tts.sampleRateHz('apollo')).toBe(48_000);
    await speak(tts, { voice: tts.voices[0] ?? '' });
    const [request] = vendors.log.entries({ kind: 'request' });
    expect(Object.fromEntries(new URLSearchParams(request?.query))).toEqual({
      model: 'aura-2-apollo-en',
      encoding: 'linear16',
      sample_rate: '48000',
      speed: '1.1',
      mip_opt_out: 'true',
    });
    expect(() => create({ settings: { speed: 3, tempo: 1 } })).toThrow(/settings.speed.*tempo/s);
    expect(() => create({ model: 'aura-3' })).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  test('a voice speaks its own language, and others pass by the names of their models', async () => {
    const tts = open();
    const openIn = (voice: string, language: string) =>
      tts.open({ voice, language, signal: AbortSignal.abort(new Error('over')) });
    expect(() => openIn('aura-2-celeste-es', 'es-MX')).not.toThrow();
    expect(() => openIn('aura-2-celeste-es', 'en')).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  test('a wrong key is told at warming, and not told on', async () => {
    const tts = open({ apiKey: 'wrong' });
    const error = await tts.warm().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'auth', retryable: false });
    expect(String(error)).not.toContain('wrong');
  });

  test('nothing stays open after close', async () => {
    const tts = create();
    await Promise.all([speak(tts), speak(tts), speak(tts)]);
    await tts.close();
    await expectNothingOpen(vendors);
  });
});

function open(options: Parameters<typeof create>[0] = {}): Tts {
  const tts = create(options);
  onTestFinished(async () => {
    await tts.close();
    await expectNothingOpen(vendors);
  });
  return tts;
}

async function speak(
  tts: Tts,
  options: { voice?: string; signal?: AbortSignal; texts?: readonly string[] } = {},
): Promise<readonly TtsEvent[]> {
  const { voice = VOICE, signal = new AbortController().signal, texts = [TEXT] } = options;
  const reply = tts.open({ voice, language: 'en-GB', signal });
  for (const [index, text] of texts.entries()) reply.say({ segmentId: `s${index}`, text });
  reply.finish();
  const events: TtsEvent[] = [];
  for await (const event of reply) events.push(event);
  return events;
}

const endsOf = (events: readonly TtsEvent[]) =>
  events.flatMap((event) => (event.type === 'segmentEnd' ? [event.segmentId] : []));

const soundOf = (events: readonly TtsEvent[]) =>
  events.flatMap((event) => (event.type === 'audio' ? [...event.samples] : []));
