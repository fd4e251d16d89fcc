import { type Clock, createMonotonicClock } from '@parley/agent/runtime/clock';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import type { Tts, TtsEvent } from '@parley/agent/tts/contract';
import { elevenlabsTts } from '@parley/agent/tts/elevenlabs';
import { describeTtsContract } from '@parley/agent/tts/tts.contract';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { collectReply, sayAll } from '../testing/spoken-replies.ts';
import { simulatedElevenlabs } from './elevenlabs.ts';

const TEXTS = ['Your table is booked,', 'and we will see you at eight. Is there anything else?'];
const VENDOR = { vendor: 'elevenlabs', stage: 'tts' } as const;

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startSimulators({ vendors: [simulatedElevenlabs] });
});
afterAll(() => simulators.stop());
afterEach(() => {
  simulators.faults.disarm();
  simulators.log.clear();
});

interface Given {
  readonly model?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly apiKey?: string;
  readonly clock?: Clock;
}

function create({
  model = 'eleven_flash_v2_5',
  settings = {},
  apiKey = 'el-secret',
  clock,
}: Given = {}): Tts {
  return elevenlabsTts.create({
    model,
    settings,
    apiKey,
    baseUrl: simulators.baseUrls.elevenlabs ?? '',
    clock: clock ?? createMonotonicClock(),
    log: pino({ level: 'silent' }),
  });
}

/** A voice that ends with the test, and nothing of it stays open. */
function open(given?: Given): Tts {
  const tts = create(given);
  onTestFinished(async () => {
    await tts.close();
    await expect.poll(() => simulators.log.openCount).toBe(0);
  });
  return tts;
}

const speak = (tts: Tts, texts = TEXTS) => collectReply(sayAll(tts, texts, new AbortController().signal));

describeTtsContract('ElevenLabs', { create: async () => create() });

describe('ElevenLabs', () => {
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
      { kind: 'cut', afterMessages: 2 },
      { code: 'unavailable', retryable: true },
    ],
    [
      { kind: 'truncate', afterMessages: 2 },
      { code: 'unavailable', retryable: true },
    ],
    [{ kind: 'close', code: 1011, reason: 'broken', afterMessages: 1 }, { code: 'unavailable' }],
    [
      { kind: 'close', code: 1009, reason: 'voice and model' },
      { code: 'bad_request', retryable: false },
    ],
    [
      { kind: 'wrongJson', afterMessages: 1 },
      { code: 'protocol', retryable: true },
    ],
  ] as const satisfies readonly (readonly [Fault, object])[])(
    'fails with a type where the vendor does this, and speaks the next reply: %o',
    async (fault, error) => {
      const tts = open();
      simulators.faults.arm('elevenlabs', 'tts', fault);
      await expect(speak(tts)).rejects.toMatchObject({
        name: 'ProviderError',
        provider: 'elevenlabs',
        ...error,
      });
      expect(ends(await speak(tts))).toEqual(['s0', 's1']);
    },
  );

  test.each(['hang', 'drip'] as const)('a vendor that does not go on is given up: %s', async (kind) => {
    const clock = createVirtualClock();
    const tts = open({ clock });
    simulators.faults.arm('elevenlabs', 'tts', { kind, afterMessages: 1 });
    const failing = expect(speak(tts)).rejects.toMatchObject({ code: 'timeout', retryable: true });
    await simulators.log.find({ kind: 'fault', ...VENDOR });
    await clock.advance(5_000);
    await failing;
    await simulators.log.find({ kind: 'cancel', ...VENDOR });
  });

  test.each(['oldSpelling', 'oddChunks'])('speaks as well where the vendor is odd: %s', async (name) => {
    const tts = open();
    const usual = await speak(tts);
    simulators.faults.arm('elevenlabs', 'tts', { kind: 'quirk', name }, 100);
    const events = await speak(tts);
    expect(soundOf(events, 's0')).toEqual(soundOf(usual, 's0'));
    expect(soundOf(events, 's1')).toEqual(soundOf(usual, 's1'));
    expect(wordsOf(events)).toEqual(TEXTS.flatMap((text) => text.split(' ')));
  });

  test('a voice without times is heard, and marked by its pace', async () => {
    const tts = open();
    simulators.faults.arm('elevenlabs', 'tts', { kind: 'quirk', name: 'noAlignment' }, 100);
    const events = await speak(tts, ['One sentence alone, which has no times.']);
    expect(wordsOf(events, ['One sentence alone, which has no times.'])).toHaveLength(7);
    expect(soundOf(events, 's0').length).toBeGreaterThan(0);
  });

  test('a segment ends where the next begins', async () => {
    const tts = open();
    const [alone] = TEXTS;
    const whole = await speak(tts);
    const single = await speak(tts, [alone ?? '']);
    expect(soundOf(whole, 's0').length).toBe(soundOf(single, 's0').length);
    const marks = whole.flatMap((event) => (event.type === 'words' ? event.marks : []));
    expect(marks.every((mark) => !mark.isEstimated)).toBe(true);
  });

  test('an abort closes the context at the vendor, and leaves the other replies', async () => {
    const tts = open();
    const ending = new AbortController();
    const reply = tts.open({ voice: 'Rachel', language: 'en', signal: ending.signal });
    reply.say({ segmentId: 's0', text: TEXTS.join(' ').repeat(20) });
    await reply[Symbol.asyncIterator]().next();
    expect(simulators.log.entries({ kind: 'cancel', ...VENDOR })).toEqual([]);
    const whole = speak(tts);
    ending.abort(new Error('interrupted'));
    const { detail } = await simulators.log.find({ kind: 'cancel', ...VENDOR });
    const cancelled = simulators.log
      .entries({ kind: 'message', ...VENDOR })
      .filter(({ text }) => text.includes(detail));
    expect(cancelled.map(({ text }) => JSON.parse(text))).toMatchObject([
      { text: ' ' },
      { flush: true },
      { close_context: true },
    ]);
    expect(ends(await whole)).toEqual(['s0', 's1']);
  });

  test('a sixth reply has a socket of its own, as the vendor closes one for it', async () => {
    const tts = open();
    const replies = await Promise.all(Array.from({ length: 12 }, () => speak(tts)));
    expect(replies.every((events) => ends(events).length === 2)).toBe(true);
    const sockets = simulators.log.entries({ kind: 'request', ...VENDOR });
    expect(sockets).toHaveLength(3);
    // One is kept.
    await expect.poll(() => simulators.log.openCount).toBe(1);
  });

  test('what is asked for is what the agent file says', async () => {
    const tts = open({ settings: { stability: 0.3, speed: 1.1 } });
    await tts.warm();
    await speak(tts);
    const [request, ...more] = simulators.log.entries({ kind: 'request', ...VENDOR });
    expect(more).toEqual([]);
    expect(request?.path).toBe('/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/multi-stream-input');
    expect(Object.fromEntries(new URLSearchParams(request?.query))).toEqual({
      model_id: 'eleven_flash_v2_5',
      output_format: 'pcm_24000',
      inactivity_timeout: '180',
      sync_alignment: 'true',
      auto_mode: 'true',
      language_code: 'en',
    });
    const messages = simulators.log
      .entries({ kind: 'message', ...VENDOR })
      .map(({ text }) => JSON.parse(text));
    expect(messages).toMatchObject([
      { text: ' ', voice_settings: { stability: 0.3, similarity_boost: 0.75, style: 0, speed: 1.1 } },
      { text: `${TEXTS[0]} `, flush: true },
      { text: `${TEXTS[1]} `, flush: true },
      { close_context: true },
    ]);
    expect(() => create({ settings: { speed: 3, tempo: 1 } })).toThrow(/settings.speed.*tempo/s);
  });

  test('a failure is told before the reply is finished', async () => {
    const tts = open();
    simulators.faults.arm('elevenlabs', 'tts', { kind: 'cut', afterMessages: 1 });
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
    const vendor = await startSimulators({ vendors: [simulatedElevenlabs], clock });
    const tts = elevenlabsTts.create({
      model: 'eleven_flash_v2_5',
      settings: {},
      apiKey: 'K',
      baseUrl: vendor.baseUrls.elevenlabs ?? '',
      clock,
      log: pino({ level: 'silent' }),
    });
    onTestFinished(() => tts.close().then(vendor.stop));
    await tts.warm();
    await clock.advance(180_000);
    await vendor.log.find({ kind: 'end', vendor: 'elevenlabs' });
    await expect.poll(() => vendor.log.entries({ kind: 'request', vendor: 'elevenlabs' }).length).toBe(2);
    await expect.poll(() => vendor.log.openCount).toBe(1);
  });

  test('a wrong key is told at warming, and not told on', async () => {
    const error = await open({ apiKey: 'wrong' })
      .warm()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'auth', retryable: false });
    expect(String(error)).not.toContain('wrong');
  });

  test('a model that its sockets do not take is a bad request', async () => {
    await expect(speak(open({ model: 'eleven_v3' }))).rejects.toMatchObject({ code: 'bad_request' });
  });
});

const ends = (events: readonly TtsEvent[]) =>
  events.flatMap((event) => (event.type === 'segmentEnd' ? [event.segmentId] : []));

const soundOf = (events: readonly TtsEvent[], segmentId: string) =>
  events.flatMap((event) =>
    event.type === 'audio' && event.segmentId === segmentId ? [...event.samples] : [],
  );

const wordsOf = (events: readonly TtsEvent[], texts = TEXTS) =>
  events.flatMap((event) =>
    event.type === 'words'
      ? event.marks.map((mark) =>
          (texts[Number(event.segmentId.slice(1))] ?? '').slice(mark.charStart, mark.charEnd),
        )
      : [],
  );
