import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Provider } from '@parley/agent/runtime/provider';
import type { Stt } from '@parley/agent/stt/contract';
import { localStt, openaiStt } from '@parley/agent/stt/openai';
import { describeSttContract } from '@parley/agent/stt/stt.contract';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { simulatedOpenai } from '../openai/openai.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { expectNothingOpen } from '../testing/nothing-open.ts';
import { openEar } from '../testing/open-ear.ts';
import { sayTo, spokenTones, untilFinal } from '../testing/spoken-tones.ts';

const SENTENCES = [
  'Could I book a table?',
  'Où êtes-vous, s’il vous plaît?',
  'नमस्ते, कैसे हैं आप?',
  'Goodbye now.',
];
const [booking, asking, greeting] = spokenTones(SENTENCES) as [...ReturnType<typeof spokenTones>] as [
  { text: string; samples: Int16Array },
  { text: string; samples: Int16Array },
  { text: string; samples: Int16Array },
];
const clock = createMonotonicClock();
const log = pino({ level: 'silent' });

let vendors: Simulators;
beforeAll(async () => {
  vendors = await startSimulators({
    vendors: [simulatedOpenai],
    delays: { sttFinalMs: 20 },
    script: { heard: SENTENCES },
  });
});
afterAll(() => vendors.stop());
afterEach(() => {
  vendors.faults.disarm();
  vendors.log.clear();
});

function create(
  model: string,
  settings: Readonly<Record<string, unknown>> = {},
  { provider = openaiStt, apiKey = 'sk-secret' }: { provider?: Provider<Stt>; apiKey?: string } = {},
): Stt {
  const baseUrl = vendors.baseUrls.openai ?? '';
  return provider.create({ model, settings, apiKey, baseUrl, clock, log });
}

const WAYS = [
  ['whisper-1 by upload', 'whisper-1', {}],
  ['gpt-4o-mini-transcribe by upload', 'gpt-4o-mini-transcribe', { over: 'upload' }],
  ['gpt-4o-transcribe in a session', 'gpt-4o-transcribe', {}],
  ['whisper-1 in a session', 'whisper-1', { over: 'session' }],
  ['gpt-realtime-whisper', 'gpt-realtime-whisper', {}],
] as const;

for (const [name, model, settings] of WAYS) {
  describeSttContract(name, {
    create: async () => create(model, settings),
    speech: async () => [booking, asking],
    otherLanguage: null,
  });
}

describeSttContract('a local server', {
  create: async () => create('whisper-1', { wordTimes: true }, { provider: localStt, apiKey: '' }),
  speech: async () => [booking, greeting],
  otherLanguage: null,
});

const open = (stt: Stt) => openEar(stt, 'en-GB');

describe.each(WAYS)('%s', (_, model, settings) => {
  const isSession = 'over' in settings ? settings.over === 'session' : model !== 'whisper-1';

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
      { kind: 'status', status: 429, body: '{"error":{"type":"insufficient_quota","message":"spent"}}' },
      { code: 'rate_limit', retryable: false },
    ],
    [
      { kind: 'status', status: 500 },
      { code: 'unavailable', retryable: true },
    ],
    [
      { kind: 'status', status: 404 },
      { code: 'bad_request', retryable: false },
    ],
    [{ kind: 'wrongJson' }, { code: 'protocol', retryable: true }],
    [{ kind: 'cut' }, { code: 'unavailable', retryable: true }],
    [{ kind: 'truncate' }, { code: isSession ? 'unavailable' : 'protocol', retryable: true }],
  ] satisfies readonly (readonly [Fault, object])[])('%j is told as %j', async (fault, error) => {
    vendors.faults.arm('openai', 'stt', fault);
    const { stream, events } = open(create(model, settings));
    sayTo(stream, booking);
    stream.finalize();
    await expect(untilFinal(events)).rejects.toMatchObject({
      name: 'ProviderError',
      provider: 'openai',
      message: expect.not.stringContaining('sk-secret'),
      ...error,
    });
    await expectNothingOpen(vendors);
  });

  test.each([{ kind: 'noAnswer' }, { kind: 'hang' }, { kind: 'drip' }] satisfies readonly Fault[])(
    '%j ends with its signal, and the vendor sees it',
    async (fault) => {
      vendors.faults.arm('openai', 'stt', fault);
      const { stream, events, end } = open(create(model, settings));
      sayTo(stream, booking);
      stream.finalize();
      const final = untilFinal(events).then(
        () => 'final',
        (error: Error) => error.message,
      );
      await vendors.log.find({ kind: 'fault', stage: 'stt' });
      end();
      expect(await final).toBe('the stream ended before its final');
      await expectNothingOpen(vendors);
    },
  );

  test('a clock that is off spoils nothing', async () => {
    vendors.faults.arm('openai', 'stt', { kind: 'clockSkew', skewMs: -3_600_000 });
    const { stream, events } = open(create(model, settings));
    sayTo(stream, asking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: asking.text });
  });

  test('twenty callers at once are each understood', async () => {
    const stt = create(model, settings);
    const ears = Array.from({ length: 20 }, (_, index) => ({
      ...open(stt),
      speech: [booking, asking, greeting][index % 3],
    }));
    for (const { stream, speech } of ears) {
      sayTo(stream, speech ?? booking);
      stream.finalize();
    }
    for (const { events, speech } of ears) {
      expect((await untilFinal(events)).at(-1)).toMatchObject({ text: speech?.text });
    }
    await stt.close();
    await expectNothingOpen(vendors);
  });

  test('a wrong key is refused when it is warmed', async () => {
    const stt = create(model, settings, { apiKey: 'wrong' });
    onTestFinished(() => stt.close());
    await expect(stt.warm()).rejects.toMatchObject({ code: 'auth', retryable: false });
  });

  test('is told the language by its first part', async () => {
    const { stream, events } = open(create(model, settings));
    sayTo(stream, booking);
    stream.finalize();
    await untilFinal(events);
    const said = vendors.log
      .entries({ stage: 'stt' })
      .map((entry) => JSON.stringify(entry))
      .join('\n');
    if (isSession) expect(said).toContain('\\"language\\":\\"en\\"');
    expect(said).not.toContain('en-GB');
  });
});

describe('whisper-1', () => {
  test('gives words with times, and the language where it is to find it out', async () => {
    const { stream, events } = open(create('whisper-1', { detectLanguage: true }));
    sayTo(stream, booking);
    stream.finalize();
    const final = (await untilFinal(events)).at(-1);
    expect(final).toMatchObject({ language: 'en', words: booking.text.split(' ').map((text) => ({ text })) });
  });

  test('words that it hears in noise alone, and does not believe, are silence', async () => {
    const { stream, events } = open(create('whisper-1'));
    const hum = new Int16Array(512).fill(20);
    for (let frames = 0; frames < 20; frames++)
      stream.push({ samples: hum, sampleRateHz: 16_000, isSpeech: true });
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ outcome: 'silence', text: '' });
  });

  test('a click is not sent up', async () => {
    const { stream, events } = open(create('whisper-1'));
    stream.push({ samples: new Int16Array(512).fill(9_000), sampleRateHz: 16_000, isSpeech: true });
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ outcome: 'silence' });
    expect(vendors.log.entries({ kind: 'request' })).toEqual([]);
  });

  test('an utterance of a minute is heard from its beginning', async () => {
    const [long] = spokenTones(SENTENCES, 60_000);
    const { stream, events } = open(create('whisper-1'));
    if (long) sayTo(stream, long);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: booking.text });
    expect(vendors.log.exchanges().at(-1)?.receivedBytes).toBeGreaterThan(60 * 32_000);
  });

  test('a stream that has failed asks for nothing more', async () => {
    vendors.faults.arm('openai', 'stt', { kind: 'status', status: 500 });
    const { stream, events } = open(create('whisper-1'));
    for (let times = 0; times < 2; times++) {
      sayTo(stream, booking);
      stream.finalize();
      await expect(untilFinal(events)).rejects.toThrow();
    }
    expect(vendors.log.entries({ kind: 'request' })).toHaveLength(1);
  });

  test('an answer without a text is a fault of the vendor', async () => {
    vendors.faults.arm('openai', 'stt', { kind: 'quirk', name: 'noText' });
    const { stream, events } = open(create('whisper-1'));
    sayTo(stream, booking);
    stream.finalize();
    await expect(untilFinal(events)).rejects.toMatchObject({ code: 'protocol' });
  });

  test('settings that there are not are named', () => {
    expect(() => create('whisper-1', { tempo: 2, temperature: 3 })).toThrow(
      /settings.temperature.*tempo|tempo.*settings.temperature/s,
    );
    for (const [model, settings] of [
      ['gpt-realtime-whisper', { over: 'upload' }],
      ['gpt-realtime-whisper', { prompt: 'Parley' }],
      ['gpt-4o-transcribe', { temperature: 0.2 }],
      ['whisper-1', { noiseReduction: 'near_field' }],
    ] as const) {
      const [name = ''] = Object.keys(settings);
      expect(() => create(model, settings)).toThrow(new RegExp(`settings.${name}`));
    }
    expect(() => localStt.create({ model: 'm', settings: {}, apiKey: '', baseUrl: '', clock, log })).toThrow(
      /baseUrl/,
    );
  });
});

describe('a session', () => {
  test('texts that come out of order are given in order', async () => {
    vendors.faults.arm('openai', 'stt', { kind: 'quirk', name: 'outOfOrder' });
    const { stream, events } = open(create('gpt-4o-mini-transcribe'));
    for (const speech of [booking, asking]) {
      sayTo(stream, speech);
      stream.finalize();
    }
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: booking.text });
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: asking.text });
  });

  test('what it says that nobody knows is passed over', async () => {
    vendors.faults.arm('openai', 'stt', { kind: 'quirk', name: 'unknownMessage' });
    const { stream, events } = open(create('gpt-4o-mini-transcribe'));
    sayTo(stream, booking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: booking.text });
  });

  test('a transcription that fails ends the stream', async () => {
    vendors.faults.arm('openai', 'stt', { kind: 'quirk', name: 'failed' });
    const { stream, events } = open(create('gpt-4o-mini-transcribe'));
    sayTo(stream, booking);
    stream.finalize();
    await expect(untilFinal(events)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expectNothingOpen(vendors);
  });

  test('a model that it lacks is a bad request', async () => {
    const { events } = open(create('whisper-9', { over: 'session' }));
    await expect(untilFinal(events)).rejects.toMatchObject({ code: 'bad_request', retryable: false });
    await expectNothingOpen(vendors);
  });

  test('interims tell the words so far', async () => {
    const { stream, events } = open(create('gpt-realtime-whisper'));
    sayTo(stream, booking);
    stream.finalize();
    const heard = await untilFinal(events);
    const interims = heard.flatMap((event) => (event.type === 'interim' ? [event.text] : []));
    expect(interims.length).toBeGreaterThan(1);
    for (const text of interims) expect(booking.text.startsWith(text)).toBe(true);
  });

  test('no sound goes out while nobody speaks', async () => {
    const { stream, events } = open(create('gpt-4o-mini-transcribe'));
    for (let frames = 0; frames < 100; frames++) {
      stream.push({ samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false });
    }
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ outcome: 'silence' });
    await vendors.log.find({ kind: 'message' });
    expect(vendors.log.entries({ kind: 'message' }).map(({ text }) => JSON.parse(text).type)).toEqual([
      'session.update',
    ]);
  });

  test('one that ends while nobody speaks is opened anew by the next word', async () => {
    vendors.faults.arm('openai', 'stt', {
      kind: 'close',
      code: 1001,
      reason: 'sixty minutes',
      afterMessages: 1,
    });
    const { stream, events } = open(create('gpt-4o-mini-transcribe'));
    await vendors.log.find({ kind: 'end', stage: 'stt' });
    await expectNothingOpen(vendors);
    sayTo(stream, asking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: asking.text });
    expect(vendors.log.entries({ kind: 'request' })).toHaveLength(2);
  });
});
