import { type Clock, createMonotonicClock } from '@parley/agent/runtime/clock';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import type { Stt } from '@parley/agent/stt/contract';
import { deepgramStt } from '@parley/agent/stt/deepgram';
import { describeSttContract } from '@parley/agent/stt/stt.contract';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { expectNothingOpen } from '../testing/nothing-open.ts';
import { openEar } from '../testing/open-ear.ts';
import { sayTo, spokenTones, untilFinal } from '../testing/spoken-tones.ts';
import { simulatedDeepgram } from './deepgram.ts';

const [booking, asking, greeting] = spokenTones([
  'Could I book a table for two?',
  'Où êtes-vous, s’il vous plaît?',
  'नमस्ते, कैसे हैं आप?',
]) as [Spoken, Spoken, Spoken];
type Spoken = ReturnType<typeof spokenTones>[number];

const clock = createMonotonicClock();
const log = pino({ level: 'silent' });

let vendors: Simulators;
beforeAll(async () => {
  vendors = await startSimulators({
    vendors: [simulatedDeepgram],
    delays: { sttFinalMs: 20 },
    script: { heard: [booking.text, asking.text, greeting.text] },
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
  apiKey = 'dg-secret',
  its: Clock = clock,
): Stt {
  const baseUrl = vendors.baseUrls.deepgram ?? '';
  return deepgramStt.create({ model, settings, apiKey, baseUrl, clock: its, log });
}

const MODELS = ['nova-3-general', 'nova-2', 'flux-general-en', 'flux-general-multi'];

for (const model of MODELS) {
  describeSttContract(`Deepgram ${model}`, {
    create: async () => create(model),
    speech: async () => [booking, asking],
    otherLanguage: model === 'flux-general-en' ? 'de' : null,
  });
}

const open = (stt: Stt, language = 'en') => openEar(stt, language, () => expectNothingOpen(vendors));

const queryOf = () => new URLSearchParams(vendors.log.entries({ kind: 'request' }).at(-1)?.query);

describe.each(MODELS)('Deepgram %s', (model) => {
  test.each([
    [
      { kind: 'status', status: 400 },
      { code: 'bad_request', retryable: false },
    ],
    [
      { kind: 'status', status: 401 },
      { code: 'auth', retryable: false },
    ],
    [
      { kind: 'status', status: 402 },
      { code: 'rate_limit', retryable: false },
    ],
    [
      { kind: 'status', status: 429, headers: { 'retry-after': '2' } },
      { code: 'rate_limit', retryable: true, retryAfterMs: 2_000 },
    ],
    [
      { kind: 'status', status: 500 },
      { code: 'unavailable', retryable: true },
    ],
    [{ kind: 'wrongJson' }, { code: 'protocol', retryable: true }],
    [
      { kind: 'quirk', name: 'otherShape' },
      { code: 'protocol', retryable: true },
    ],
    [{ kind: 'cut' }, { code: 'unavailable', retryable: true }],
    [
      { kind: 'cut', afterMessages: 2 },
      { code: 'unavailable', retryable: true },
    ],
    [{ kind: 'truncate' }, { code: 'unavailable', retryable: true }],
    [
      { kind: 'close', code: 1011, reason: 'NET-0001: see https://dpgr.am/net0001' },
      { code: 'timeout', retryable: true },
    ],
    [
      { kind: 'close', code: 1011, reason: 'NET-0000' },
      { code: 'unavailable', retryable: true },
    ],
    [
      { kind: 'close', code: 1008, reason: 'DATA-0000' },
      { code: 'bad_request', retryable: false },
    ],
    [
      { kind: 'quirk', name: 'errorFrame' },
      { code: 'unavailable', retryable: true, message: expect.stringContaining('overloaded') },
    ],
  ] satisfies readonly (readonly [Fault, object])[])('%j is told as %j', async (fault, error) => {
    vendors.faults.arm('deepgram', 'stt', fault);
    const { stream, events } = open(create(model));
    sayTo(stream, booking);
    stream.finalize();
    await expect(untilFinal(events)).rejects.toMatchObject({
      name: 'ProviderError',
      provider: 'deepgram',
      message: expect.not.stringContaining('dg-secret'),
      ...error,
    });
    expect(await events.next()).toMatchObject({ done: true });
    await expectNothingOpen(vendors);
  });

  test.each([{ kind: 'noAnswer' }, { kind: 'hang' }, { kind: 'drip' }] satisfies readonly Fault[])(
    '%j ends with its signal, and the vendor sees it',
    async (fault) => {
      vendors.faults.arm('deepgram', 'stt', fault);
      const { stream, events, end } = open(create(model));
      sayTo(stream, booking);
      const rest = untilFinal(events).catch((error: Error) => error.message);
      await vendors.log.find({ kind: 'fault' });
      end();
      expect(await rest).toBe('the stream ended before its final');
      await expectNothingOpen(vendors);
    },
  );

  test.each(['unknownMessage', 'duplicateFinal', 'emptyFinal'])(
    'understands as well where the vendor is odd: %s',
    async (name) => {
      vendors.faults.arm('deepgram', 'stt', { kind: 'quirk', name }, 2);
      const { stream, events } = open(create(model));
      for (const speech of [booking, asking]) {
        sayTo(stream, speech);
        stream.finalize();
        expect((await untilFinal(events)).at(-1)).toMatchObject({ text: speech.text, answersFinalize: true });
      }
    },
  );

  test('a clock that is off spoils nothing', async () => {
    vendors.faults.arm('deepgram', 'stt', { kind: 'clockSkew', skewMs: -3_600_000 });
    const { stream, events } = open(create(model));
    sayTo(stream, greeting);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: greeting.text });
  });

  test('interims grow into the final, and tell speech and its end', async () => {
    const { stream, events } = open(create(model));
    sayTo(stream, booking);
    stream.finalize();
    const heard = await untilFinal(events);
    expect(heard.filter(({ type }) => type === 'speechStarted')).toHaveLength(1);
    expect(heard.findIndex(({ type }) => type === 'speechStarted')).toBe(0);
    const interims = heard.flatMap((event) => (event.type === 'interim' ? [event.text] : []));
    expect(interims.length).toBeGreaterThan(0);
    for (const text of interims) expect(booking.text.startsWith(text)).toBe(true);
  });

  test('an abort closes the connection at the vendor at once', async () => {
    const { stream, events, end } = open(create(model));
    sayTo(stream, booking);
    await events.next();
    const atMs = clock.nowMs();
    end();
    expect(await vendors.log.find({ kind: 'end' })).toMatchObject({ by: 'client' });
    // 50 ms are asked for; ten times that is a hang.
    expect(clock.nowMs() - atMs).toBeLessThan(500);
  });

  test('an utterance of a minute is heard to its end', async () => {
    const [, long] = spokenTones([booking.text, asking.text], 60_000) as [Spoken, Spoken];
    const stt = create(model);
    const { stream, events } = open(stt);
    // The socket is open, so that nothing of it must wait.
    await vendors.log.find({ kind: 'request' });
    sayTo(stream, booking);
    stream.finalize();
    await untilFinal(events);
    sayTo(stream, long);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: asking.text, answersFinalize: true });
  });

  test('twenty streams at once are each understood', async () => {
    const stt = create(model);
    const ears = Array.from({ length: 20 }, (_, index) => ({
      ...open(stt),
      speech: [booking, asking, greeting][index % 3] as Spoken,
    }));
    for (const { stream, speech } of ears) {
      sayTo(stream, speech);
      stream.finalize();
    }
    for (const { events, speech } of ears) {
      expect((await untilFinal(events)).at(-1)).toMatchObject({ text: speech.text });
    }
  });

  test('a wrong key is told at warming, and not told on', async () => {
    const stt = create(model, {}, 'wrong');
    onTestFinished(() => stt.close());
    const error = await stt.warm().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'auth',
      retryable: false,
      message: expect.stringContaining('INVALID_AUTH'),
    });
    expect(String(error)).not.toContain('wrong');
  });

  test('warming opens nothing that stays open', async () => {
    const stt = create(model);
    await stt.warm();
    await expectNothingOpen(vendors);
    await stt.close();
  });
});

describe('Deepgram Nova', () => {
  test('asks for what the agent file says', async () => {
    open(
      create('nova-3-general', {
        keyterms: ['Parley', 'the Grand Hôtel'],
        smartFormat: true,
        mipOptOut: true,
      }),
      'en-GB',
    );
    await vendors.log.find({ kind: 'request' });
    expect(Object.fromEntries(queryOf())).toMatchObject({
      model: 'nova-3-general',
      language: 'en-GB',
      encoding: 'linear16',
      sample_rate: '16000',
      interim_results: 'true',
      endpointing: '25',
      smart_format: 'true',
      mip_opt_out: 'true',
    });
    expect(queryOf().getAll('keyterm')).toEqual(['Parley', 'the Grand Hôtel']);
    expect(() => create('nova-3-general', { endpointingMs: 1, tempo: 2 })).toThrow(/endpointingMs.*tempo/s);
  });

  test('nova-2 knows keyterms as keywords', async () => {
    open(create('nova-2', { keyterms: ['Parley'] }));
    await vendors.log.find({ kind: 'request' });
    expect([queryOf().get('keywords'), queryOf().get('keyterm')]).toEqual(['Parley', null]);
  });

  test('tells the language that was heard where it listens for several', async () => {
    const { stream, events } = open(create('nova-3-general', { language: 'multi' }));
    sayTo(stream, booking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ language: 'en' });
  });

  test('no sound goes out while nobody speaks', async () => {
    const { stream, events } = open(create('nova-3-general'));
    sayTo(stream, booking);
    stream.finalize();
    await untilFinal(events);
    const before = receivedBytes();
    for (let frames = 0; frames < 300; frames++) {
      stream.push({ samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false });
    }
    sayTo(stream, asking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: asking.text });
    // 1.5 s of silence after speech, and 0.3 s before the next.
    expect(receivedBytes() - before).toBeLessThan(32 * (1_500 + 300 + 200 + asking.samples.length / 16));
  });

  test('one that the vendor closes while nobody speaks is opened anew by the next word', async () => {
    const { stream, events } = open(create('nova-3-general'));
    sayTo(stream, booking);
    stream.finalize();
    await untilFinal(events);
    vendors.faults.arm('deepgram', 'stt', { kind: 'close', code: 1011, reason: 'NET-0000' });
    for (let frames = 0; frames < 150; frames++) {
      stream.push({ samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false });
    }
    // What it says of the silence is met by the fault.
    await vendors.log.find({ kind: 'end' });
    await expectNothingOpen(vendors);
    sayTo(stream, asking);
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: asking.text });
    expect(vendors.log.entries({ kind: 'request' })).toHaveLength(2);
  });

  test('a Finalize that is not answered is answered by what was understood', async () => {
    vendors.faults.arm('deepgram', 'stt', { kind: 'quirk', name: 'noFinalize' });
    const { stream, events } = open(create('nova-3-general'));
    sayTo(stream, { ...booking, samples: booking.samples.subarray(0, booking.samples.length - 16_000 / 5) });
    stream.finalize();
    const final = (await untilFinal(events)).at(-1);
    expect(final).toMatchObject({ outcome: 'words', answersFinalize: true });
    expect(booking.text.startsWith(final?.type === 'final' ? final.text : '-')).toBe(true);
  });

  test('a vendor that hears nothing is lost', async () => {
    vendors.faults.arm('deepgram', 'stt', { kind: 'quirk', name: 'mute' });
    const { stream, events } = open(create('nova-3-general'));
    sayTo(stream, booking);
    stream.finalize();
    await expect(untilFinal(events)).rejects.toMatchObject({ code: 'timeout', retryable: true });
  });
});

describe('Deepgram Flux', () => {
  test('a turn that ends by itself is given unasked, and the final that is asked for then is empty', async () => {
    const { stream, events } = open(create('flux-general-en'));
    sayTo(stream, booking);
    for (let frames = 0; frames < 10; frames++) {
      stream.push({ samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false });
    }
    const heard = await untilFinal(events);
    expect(heard.at(-2)).toEqual({ type: 'speechEnded' });
    expect(heard.at(-1)).toMatchObject({ text: booking.text, answersFinalize: false });
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ outcome: 'silence', answersFinalize: true });
  });

  test('words that were given before the turn was over are not given again', async () => {
    const time = createVirtualClock();
    const { stream, events } = open(create('flux-general-en', {}, 'dg-secret', time));
    const middle = 16_000;
    sayTo(stream, { ...booking, samples: booking.samples.subarray(0, middle) });
    stream.finalize();
    while ((await events.next()).value?.type !== 'interim');
    // As long as a final waits for the vendor, and not so long that silence is sent in place of the rest.
    await time.advance(500);
    const first = (await untilFinal(events)).at(-1);
    expect(first).toMatchObject({ outcome: 'words', answersFinalize: true });
    sayTo(stream, { ...booking, samples: booking.samples.subarray(middle) });
    for (let frames = 0; frames < 30; frames++) {
      stream.push({ samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false });
    }
    const second = (await untilFinal(events)).at(-1);
    expect([first, second].map((event) => (event?.type === 'final' ? event.text : '')).join(' ')).toBe(
      booking.text,
    );
    expect(second).toMatchObject({ answersFinalize: false });
  });

  test('is given silence where no sound comes, so that a turn ends', async () => {
    const { stream, events } = open(create('flux-general-en'));
    sayTo(stream, { ...booking, samples: booking.samples.subarray(0, booking.samples.length - 16_000 / 5) });
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: booking.text, answersFinalize: false });
  });

  test('a vendor that stays mute is lost', { timeout: 30_000 }, async () => {
    vendors.faults.arm('deepgram', 'stt', { kind: 'quirk', name: 'mute' });
    const { stream, events } = open(create('flux-general-en'));
    for (let times = 0; times < 5; times++) sayTo(stream, booking);
    await expect(untilFinal(events)).rejects.toMatchObject({ code: 'timeout', retryable: true });
  });

  test('asks for what the agent file says', async () => {
    open(
      create('flux-general-multi', { keyterms: ['Parley'], eotThreshold: 0.8, eotTimeoutMs: 3_000 }),
      'es-MX',
    );
    await vendors.log.find({ kind: 'request' });
    expect(Object.fromEntries(queryOf())).toEqual({
      model: 'flux-general-multi',
      encoding: 'linear16',
      sample_rate: '16000',
      eot_threshold: '0.8',
      eot_timeout_ms: '3000',
      language_hint: 'es',
      keyterm: 'Parley',
    });
  });
});

const receivedBytes = () => vendors.log.exchanges().at(-1)?.receivedBytes ?? 0;
