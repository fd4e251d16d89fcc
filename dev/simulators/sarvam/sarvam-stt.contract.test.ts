import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Stt } from '@parley/agent/stt/contract';
import { sarvamStt } from '@parley/agent/stt/sarvam';
import { describeSttContract } from '@parley/agent/stt/stt.contract';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { expectNothingOpen } from '../testing/nothing-open.ts';
import { openEar } from '../testing/open-ear.ts';
import { framesOf, sayTo, spokenTones, untilFinal } from '../testing/spoken-tones.ts';
import { simulatedSarvam } from './sarvam.ts';

const SENTENCES = ['एक मेज़ चाहिए।', 'Where are you?', 'வணக்கம், எப்படி இருக்கிறீர்கள்?'];
const [booking, asking, greeting] = spokenTones(SENTENCES) as ReturnType<typeof spokenTones> &
  readonly [KnownTone, KnownTone, KnownTone];
type KnownTone = ReturnType<typeof spokenTones>[number];
const clock = createMonotonicClock();
const log = pino({ level: 'silent' });

let vendors: Simulators;
beforeAll(async () => {
  vendors = await startSimulators({
    vendors: [simulatedSarvam],
    delays: { sttFinalMs: 20 },
    script: { heard: SENTENCES },
  });
});
afterAll(() => vendors.stop());
afterEach(() => {
  vendors.faults.disarm();
  vendors.log.clear();
});

const create = (
  model = 'saaras:v3',
  settings: Readonly<Record<string, unknown>> = {},
  apiKey = 'sk-secret',
): Stt => sarvamStt.create({ model, settings, apiKey, baseUrl: vendors.baseUrls.sarvam ?? '', clock, log });

for (const model of ['saaras:v3', 'saarika:v2.5']) {
  describeSttContract(`Sarvam's ${model}`, {
    create: async () => create(model),
    speech: async () => [booking, asking],
    otherLanguage: 'de',
  });
}

const open = (stt: Stt, language = 'hi') => openEar(stt, language);

const query = () => vendors.log.entries({ kind: 'request' }).map((entry) => new URLSearchParams(entry.query));

describe('Sarvam hears', () => {
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
      { kind: 'status', status: 422 },
      { code: 'bad_request', retryable: false },
    ],
    [{ kind: 'wrongJson' }, { code: 'protocol', retryable: true }],
    [{ kind: 'cut' }, { code: 'unavailable', retryable: true }],
    [
      { kind: 'cut', afterMessages: 1 },
      { code: 'unavailable', retryable: true },
    ],
    [{ kind: 'truncate' }, { code: 'unavailable', retryable: true }],
    [
      { kind: 'close', code: 1003, reason: 'too many' },
      { code: 'rate_limit', retryable: true },
    ],
    [
      { kind: 'close', code: 1008, reason: 'inactivity' },
      { code: 'timeout', retryable: true },
    ],
    [
      { kind: 'close', code: 1011, reason: 'internal' },
      { code: 'unavailable', retryable: true },
    ],
    [
      { kind: 'close', code: 4000, reason: 'no' },
      { code: 'bad_request', retryable: false },
    ],
    [
      { kind: 'quirk', name: 'lateKey' },
      { code: 'auth', retryable: false },
    ],
    [
      { kind: 'quirk', name: 'quota' },
      { code: 'rate_limit', retryable: false },
    ],
  ] satisfies readonly (readonly [Fault, object])[])('and %j is told as %j', async (fault, error) => {
    vendors.faults.arm('sarvam', 'stt', fault);
    const { stream, events } = open(create());
    sayTo(stream, booking);
    stream.finalize();
    await expect(untilFinal(events)).rejects.toMatchObject({
      name: 'ProviderError',
      provider: 'sarvam',
      message: expect.not.stringContaining('sk-secret'),
      ...error,
    });
    await expectNothingOpen(vendors);
  });

  test.each([{ kind: 'noAnswer' }, { kind: 'hang' }, { kind: 'drip' }] satisfies readonly Fault[])(
    'and %j ends with its signal, and the vendor sees it',
    async (fault) => {
      vendors.faults.arm('sarvam', 'stt', fault);
      const { stream, events, end } = open(create());
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

  test('a wrong key is refused before it is used', async () => {
    const { events } = open(create('saaras:v3', {}, 'wrong'));
    await expect(untilFinal(events)).rejects.toMatchObject({ code: 'auth' });
    await expect(create('saaras:v3', {}, 'wrong').warm()).rejects.toMatchObject({ code: 'auth' });
  });

  test('what it transcribes before it is asked is an interim, and part of the final', async () => {
    const { stream, events } = open(create());
    for (const frame of framesOf(booking)) stream.push(frame);
    for (let ms = 0; ms < 1_200; ms += 32) {
      stream.push({ samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false });
    }
    let next = await events.next();
    while (!next.done && next.value.type !== 'interim') next = await events.next();
    expect(next.value).toMatchObject({ text: booking.text });
    sayTo(stream, asking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({
      text: `${booking.text} ${asking.text}`,
      language: 'hi-IN',
      answersFinalize: true,
    });
  });

  test('speech is told as it begins and ends, for agents that have no ear of their own', async () => {
    const { stream, events } = open(create());
    const frames = framesOf(booking).map((frame) => ({ ...frame, isSpeech: false }));
    for (const frame of frames) stream.push(frame);
    for (let ms = 0; ms < 1_200; ms += 32) {
      stream.push({ samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false });
    }
    const heard = await untilFinal(events);
    expect(heard.map(({ type }) => type)).toEqual(['speechStarted', 'speechEnded', 'final']);
    expect(heard.at(-1)).toMatchObject({ text: booking.text, answersFinalize: false });
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ outcome: 'silence', answersFinalize: true });
  });

  test('an utterance that it does not understand is silence', async () => {
    vendors.faults.arm('sarvam', 'stt', { kind: 'quirk', name: 'emptyTranscript' });
    const { stream, events } = open(create());
    sayTo(stream, booking);
    stream.finalize();
    sayTo(stream, asking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ outcome: 'silence' });
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: asking.text });
  });

  test('an utterance that it does not notice is silence, once it has had its time', async () => {
    vendors.faults.arm('sarvam', 'stt', { kind: 'quirk', name: 'deaf' });
    const { stream, events } = open(create());
    sayTo(stream, booking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ outcome: 'silence', answersFinalize: true });
  });

  test('what it says that nobody knows is passed over, and its clock spoils nothing', async () => {
    vendors.faults.arm('sarvam', 'stt', { kind: 'quirk', name: 'newEvent' });
    vendors.faults.arm('sarvam', 'stt', { kind: 'clockSkew', skewMs: -3_600_000 });
    const { stream, events } = open(create());
    sayTo(stream, greeting);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: greeting.text });
  });

  test('a connection that ends while nobody speaks is opened anew', async () => {
    vendors.faults.arm('sarvam', 'stt', { kind: 'quirk', name: 'newEvent' });
    vendors.faults.arm('sarvam', 'stt', { kind: 'close', code: 1008, reason: 'inactivity' });
    const { stream, events } = open(create());
    await vendors.log.find({ kind: 'end', stage: 'stt' });
    await expectNothingOpen(vendors);
    sayTo(stream, asking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: asking.text });
    expect(query()).toHaveLength(2);
  });

  test('one that is closed again and again is lost', async () => {
    vendors.faults.arm('sarvam', 'stt', { kind: 'quirk', name: 'newEvent' }, 9);
    vendors.faults.arm('sarvam', 'stt', { kind: 'close', code: 1011, reason: 'internal' }, 9);
    const { stream, events } = open(create());
    const lost = untilFinal(events).catch((error: unknown) => error);
    const silence = { samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false };
    let isLost = false;
    void lost.then(() => {
      isLost = true;
    });
    const feed = () => {
      stream.push(silence);
      return isLost;
    };
    await expect.poll(feed).toBe(true);
    expect(await lost).toMatchObject({ code: 'unavailable' });
    stream.push(silence);
    expect(query()).toHaveLength(3);
  });

  test('twenty callers at once are each understood', async () => {
    const stt = create();
    const ears = Array.from({ length: 20 }, (_, index) => ({
      ...open(stt),
      speech: [booking, asking, greeting][index % 3] ?? booking,
    }));
    for (const { stream, speech } of ears) {
      sayTo(stream, speech);
      stream.finalize();
    }
    for (const { events, speech } of ears) {
      expect((await untilFinal(events)).at(-1)).toMatchObject({ text: speech.text });
    }
    await stt.close();
    await expectNothingOpen(vendors);
  });

  test('languages, modes and models go out as the vendor names them', async () => {
    open(create('saaras:v3', { sttMode: 'translate' }), 'or-IN');
    open(create('saaras:v4', { detectLanguage: true, sttMode: 'verbatim' }), 'de');
    open(create('saarika:v2.5'), 'en');
    await expect.poll(() => query().length).toBe(3);
    expect(query().map((each) => [each.get('language-code'), each.get('model'), each.get('mode')])).toEqual([
      ['od-IN', 'saaras:v3', 'translate'],
      ['unknown', 'saaras:v4', 'verbatim'],
      ['en-IN', 'saarika:v2.5', null],
    ]);
  });

  test('what a model cannot do is said when it is made', () => {
    expect(() => create('saarika:v2.5', { sttMode: 'translate' })).toThrow(/saaras:v3/);
    expect(() => create('saaras:v3', { sttMode: 'sing' })).toThrow(/settings.sttMode/);
  });
});
