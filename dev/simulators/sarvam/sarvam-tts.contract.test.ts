import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Tts } from '@parley/agent/tts/contract';
import { sarvamTts } from '@parley/agent/tts/sarvam';
import { describeTtsContract } from '@parley/agent/tts/tts.contract';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { expectNothingOpen } from '../testing/nothing-open.ts';
import { collectReply, sayAll, soundMs } from '../testing/spoken-replies.ts';
import { simulatedSarvam } from './sarvam.ts';

const clock = createMonotonicClock();
const log = pino({ level: 'silent' });
/** Hang limit: ten times what an interruption may take to reach the vendor. */
const CANCEL_SEEN_MS = 500;
const TEXT = 'Your table is booked for eight.';
const live = () => new AbortController().signal;

let vendors: Simulators;
beforeAll(async () => {
  vendors = await startSimulators({ vendors: [simulatedSarvam], delays: { ttsFirstAudioMs: 20 } });
});
afterAll(() => vendors.stop());
afterEach(() => {
  vendors.faults.disarm();
  vendors.log.clear();
});

const create = (
  model = 'bulbul:v2',
  settings: Readonly<Record<string, unknown>> = {},
  apiKey = 'sk-secret',
): Tts => sarvamTts.create({ model, settings, apiKey, baseUrl: vendors.baseUrls.sarvam ?? '', clock, log });

/** A voice that closes with the test. */
function open(model?: string, settings?: Readonly<Record<string, unknown>>, apiKey?: string): Tts {
  const tts = create(model, settings, apiKey);
  onTestFinished(() => tts.close());
  return tts;
}

const messages = (type: string) =>
  vendors.log
    .entries({ kind: 'message', stage: 'tts' })
    .map(({ text, exchangeId }) => ({ ...JSON.parse(text), exchangeId }))
    .filter((message) => message.type === type);
const openLines = () => vendors.log.exchanges().filter(({ isOpen }) => isOpen).length;

describeTtsContract("Sarvam's bulbul:v2", { create: async () => create() });
describeTtsContract("Sarvam's bulbul:v3-beta", {
  create: async () => create('bulbul:v3-beta', { pace: 1.2 }),
});

describe('Sarvam speaks', () => {
  test.each([
    [
      { kind: 'status', status: 401 },
      { code: 'auth', retryable: false },
    ],
    [
      { kind: 'status', status: 429, headers: { 'retry-after': '2' } },
      { code: 'rate_limit', retryable: true, retryAfterMs: 2_000 },
    ],
    [
      {
        kind: 'status',
        status: 429,
        body: '{"error":{"code":"insufficient_quota_error","message":"spent"}}',
      },
      { code: 'rate_limit', retryable: false },
    ],
    [
      { kind: 'status', status: 500 },
      { code: 'unavailable', retryable: true },
    ],
    [
      { kind: 'status', status: 400 },
      { code: 'bad_request', retryable: false },
    ],
    [{ kind: 'wrongJson' }, { code: 'protocol', retryable: true }],
    [
      { kind: 'wrongJson', afterMessages: 3 },
      { code: 'protocol', retryable: true },
    ],
    [
      { kind: 'cut', afterMessages: 3 },
      { code: 'unavailable', retryable: true },
    ],
    [
      { kind: 'truncate', afterMessages: 3 },
      { code: 'unavailable', retryable: true },
    ],
    [
      { kind: 'close', code: 1003, reason: 'too many', afterMessages: 3 },
      { code: 'rate_limit', retryable: true },
    ],
    [
      { kind: 'close', code: 4003, reason: 'key' },
      { code: 'auth', retryable: false },
    ],
    [
      { kind: 'quirk', name: 'noSound' },
      { code: 'protocol', retryable: true },
    ],
  ] satisfies readonly (readonly [Fault, object])[])('and %j is told as %j', async (fault, error) => {
    // The line that is kept ready meets it too, perhaps first.
    vendors.faults.arm('sarvam', 'tts', fault, 2);
    const tts = open();
    await expect(collectReply(sayAll(tts, [TEXT], live()))).rejects.toMatchObject({
      name: 'ProviderError',
      provider: 'sarvam',
      message: expect.not.stringContaining('sk-secret'),
      ...error,
    });
    await tts.close();
    await expectNothingOpen(vendors);
  });

  test.each([
    { kind: 'noAnswer' },
    { kind: 'hang' },
    { kind: 'hang', afterMessages: 3 },
    { kind: 'drip', afterMessages: 3 },
  ] satisfies readonly Fault[])('and %j ends with its signal, and the vendor sees it', async (fault) => {
    vendors.faults.arm('sarvam', 'tts', fault);
    const tts = open();
    const ending = new AbortController();
    const given = collectReply(sayAll(tts, [TEXT], ending.signal));
    const { exchangeId } = await vendors.log.find({ kind: 'fault', stage: 'tts' });
    ending.abort(new Error('interrupted'));
    await given;
    if (fault.kind !== 'noAnswer') await vendors.log.find({ kind: 'end', exchangeId });
    await tts.close();
    await expectNothingOpen(vendors);
  });

  test('an interruption closes the line that speaks, and the next reply has one ready', async () => {
    const tts = open();
    await tts.warm();
    const ending = new AbortController();
    const reply = sayAll(tts, [`${TEXT} `.repeat(40)], ending.signal);
    for await (const event of reply) if (event.type === 'audio') break;
    ending.abort(new Error('interrupted'));
    await vendors.log.find({ kind: 'cancel', stage: 'tts' }, CANCEL_SEEN_MS);
    await expect.poll(openLines).toBe(1);
    const lines = vendors.log.exchanges().length;
    const events = await collectReply(sayAll(tts, [TEXT], live()));
    expect(soundMs(events)).toBeGreaterThan(300);
    const spokenOn = messages('text').at(-1)?.exchangeId;
    expect(vendors.log.exchanges().findIndex((exchange) => exchange.exchangeId === spokenOn)).toBeLessThan(
      lines,
    );
  });

  test('a line that has spoken speaks again', async () => {
    const tts = open();
    const before = vendors.log.exchanges().length;
    for (let times = 0; times < 3; times++) await collectReply(sayAll(tts, [TEXT], live()));
    expect(vendors.log.exchanges().length - before).toBeLessThanOrEqual(2);
  });

  test('a line whose speech was not read to its end is no longer bound to its reply', async () => {
    const tts = open();
    const ending = new AbortController();
    const events = sayAll(tts, [TEXT], ending.signal)[Symbol.asyncIterator]();
    for (let next = await events.next(); next.value?.type !== 'audio'; next = await events.next());
    // By then the first line has said all, and may speak for another reply.
    await collectReply(sayAll(tts, [TEXT], live()));
    const whole = collectReply(sayAll(tts, [TEXT], live()));
    ending.abort(new Error('interrupted'));
    expect(soundMs(await whole)).toBeGreaterThan(300);
  });

  test('a line that the vendor closes while nobody speaks is not missed', async () => {
    vendors.faults.arm('sarvam', 'tts', { kind: 'quirk', name: 'newEvent' });
    vendors.faults.arm('sarvam', 'tts', { kind: 'close', code: 1000, reason: 'idle' });
    const tts = open();
    await tts.warm();
    await expect.poll(() => vendors.log.openCount).toBe(0);
    expect(soundMs(await collectReply(sayAll(tts, [TEXT], live())))).toBeGreaterThan(300);
  });

  test('segments go out one ahead, in order, each with its own sound', async () => {
    const texts = ['First this.', 'Then that.', '...', 'And more, at last.'];
    const events = await collectReply(sayAll(open(), texts, live()));
    const ended = events.flatMap((event) => (event.type === 'segmentEnd' ? [event.segmentId] : []));
    expect(ended).toEqual(['s0', 's1', 's2', 's3']);
    expect(messages('text').map(({ data }) => data.text)).toEqual([texts[0], texts[1], texts[3]]);
  });

  test('a text longer than a message takes goes out in parts, and is marked to its end', async () => {
    const text = 'A line of some length, which is said again. '.repeat(120);
    const events = await collectReply(sayAll(open(), [text], live()));
    expect(
      messages('text')
        .map(({ data }) => data.text)
        .join(''),
    ).toBe(text);
    expect(messages('text').length).toBeGreaterThan(2);
    const marks = events.flatMap((event) => (event.type === 'words' ? event.marks : []));
    expect(marks).toHaveLength(text.trim().split(' ').length);
    expect(marks.at(-1)?.endMs).toBeCloseTo(soundMs(events));
  });

  test('what it says that nobody knows is passed over, and its clock spoils nothing', async () => {
    vendors.faults.arm('sarvam', 'tts', { kind: 'quirk', name: 'newEvent' });
    vendors.faults.arm('sarvam', 'tts', { kind: 'clockSkew', skewMs: 3_600_000 });
    expect(soundMs(await collectReply(sayAll(open(), ['नमस्ते 😀, कैसे हैं?'], live())))).toBeGreaterThan(0);
  });

  test('a wrong key is refused when it is warmed', async () => {
    await expect(open('bulbul:v2', {}, 'wrong').warm()).rejects.toMatchObject({ code: 'auth' });
  });

  test('settings go out as they are set, and the language under both of its names', async () => {
    const tts = open('bulbul:v2', { pace: 1.5, pitch: 0.2, loudness: 2 });
    const reply = tts.open({ voice: 'hitesh', language: 'hi', signal: live() });
    reply.say({ segmentId: 's0', text: 'नमस्ते।' });
    reply.finish();
    await collectReply(reply);
    expect(messages('config').at(-1)).toMatchObject({
      data: {
        target_language_code: 'hi-IN',
        language_code: 'hi-IN',
        model: 'bulbul:v2',
        speaker: 'hitesh',
        pace: 1.5,
        pitch: 0.2,
        loudness: 2,
        speech_sample_rate: '22050',
        output_audio_codec: 'linear16',
      },
    });
  });

  test('what a model or a language lacks is said when it is asked for', () => {
    expect(() => create('bulbul:v3', { pitch: 0.1 })).toThrow(/settings.pitch/);
    expect(() => create('bulbul:v3', { pace: 0.3 })).toThrow(/0.5 to 2/);
    expect(() => create('bulbul:v2', { temperature: 0.5 })).toThrow(/settings.temperature/);
    expect(() => open().open({ voice: 'anushka', language: 'de', signal: live() })).toThrow(/hi-IN/);
    expect(() => open('bulbul:v3').sampleRateHz('anushka')).toThrow(/shubh/);
  });
});
