import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Stt, SttEvent } from '@parley/agent/stt/contract';
import { elevenlabsStt } from '@parley/agent/stt/elevenlabs';
import { describeSttContract } from '@parley/agent/stt/stt.contract';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { openEar } from '../testing/open-ear.ts';
import { framesOf, sayTo, spokenTones, untilFinal } from '../testing/spoken-tones.ts';
import { simulatedElevenlabs } from './elevenlabs.ts';

const [booking, asking, greeting] = spokenTones([
  'Could I book a table for two?',
  'Où êtes-vous, s’il vous plaît?',
  'नमस्ते, कैसे हैं आप?',
]) as [Spoken, Spoken, Spoken];
type Spoken = ReturnType<typeof spokenTones>[number];
const VENDOR = { vendor: 'elevenlabs', stage: 'stt' } as const;

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startSimulators({
    vendors: [simulatedElevenlabs],
    delays: { sttFinalMs: 20 },
    script: { heard: [booking.text, asking.text, greeting.text] },
  });
});
afterAll(() => simulators.stop());
afterEach(() => {
  simulators.faults.disarm();
  simulators.log.clear();
});

function create(settings: Readonly<Record<string, unknown>> = {}, apiKey = 'el-secret'): Stt {
  return elevenlabsStt.create({
    model: 'scribe_v2_realtime',
    settings,
    apiKey,
    baseUrl: simulators.baseUrls.elevenlabs ?? '',
    clock: createMonotonicClock(),
    log: pino({ level: 'silent' }),
  });
}

const open = (stt = create(), language = 'en') =>
  openEar(stt, language, async () => {
    await expect.poll(() => simulators.log.openCount).toBe(0);
  });

/** What is understood of one sentence, its final last. */
async function hear(
  { stream, events }: ReturnType<typeof open>,
  speech: Spoken,
): Promise<readonly SttEvent[]> {
  sayTo(stream, speech);
  stream.finalize();
  return untilFinal(events);
}

describeSttContract('ElevenLabs', {
  create: async () => create(),
  speech: async () => [booking, asking],
  otherLanguage: null,
});

describe('ElevenLabs', () => {
  test('gives interims that grow while somebody speaks, and the words of the final with their times', async () => {
    const line = open();
    sayTo(line.stream, spokenTones([booking.text], 2_000)[0] ?? booking);
    const interims: string[] = [];
    while (interims.length < 5) {
      const { value } = await line.events.next();
      if (value?.type === 'interim') interims.push(value.text);
    }
    expect(interims).toEqual(['Could', 'Could I', 'Could I book', 'Could I book a', 'Could I book a table']);
    line.stream.finalize();
    const final = (await untilFinal(line.events)).at(-1);
    if (final?.type !== 'final') throw new Error('no final');
    expect(final.words.map(({ text }) => text).join(' ')).toBe(booking.text);
    // The tone begins after the padding, and lasts 2 s.
    expect(final.words[0]?.startMs).toBeCloseTo(300, -2);
    expect(final.words.at(-1)?.endMs).toBeCloseTo(2_300, -2);
  });

  test.each([[], ['timesFromCommit']])('later utterances have their own times: %s', async (...quirks) => {
    const line = open();
    for (const name of quirks) simulators.faults.arm('elevenlabs', 'stt', { kind: 'quirk', name }, 3);
    for (const speech of [booking, asking, greeting]) {
      const final = (await hear(line, speech)).at(-1);
      if (final?.type !== 'final') throw new Error('no final');
      expect(final.text).toBe(speech.text);
      expect(final.words[0]?.startMs).toBeCloseTo(300, -2);
      expect(final.words.at(-1)?.endMs).toBeCloseTo(1_100, -2);
    }
  });

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
    [{ kind: 'close', code: 1011, reason: 'broken', afterMessages: 1 }, { code: 'unavailable' }],
    [{ kind: 'close', code: 1009, reason: 'large', afterMessages: 1 }, { code: 'bad_request' }],
    [
      { kind: 'truncate', afterMessages: 1 },
      { code: 'unavailable', retryable: true },
    ],
    [{ kind: 'wrongJson', afterMessages: 1 }, { code: 'protocol' }],
    [
      { kind: 'quirk', name: 'quotaAfterStart' },
      { code: 'rate_limit', retryable: false },
    ],
  ] as const satisfies readonly (readonly [Fault, object])[])(
    'fails with a type where the vendor does this: %o',
    async (fault, error) => {
      simulators.faults.arm('elevenlabs', 'stt', fault);
      await expect(hear(open(), booking)).rejects.toMatchObject({
        name: 'ProviderError',
        provider: 'elevenlabs',
        ...error,
      });
      const again = await hear(open(), booking);
      expect(again.at(-1)).toMatchObject({ text: booking.text });
    },
  );

  test('a session that nobody spoke in may end, and the next words are heard in another', async () => {
    simulators.faults.arm('elevenlabs', 'stt', { kind: 'close', code: 1000, reason: 'idle' });
    const line = open();
    await simulators.log.find({ kind: 'end', ...VENDOR });
    const sessions = () => simulators.log.entries({ kind: 'request', ...VENDOR }).length;
    const quiet = { samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false };
    await expect
      .poll(() => {
        for (let ms = 0; ms < 5_000; ms += 32) line.stream.push(quiet);
        return sessions();
      })
      .toBe(2);
    expect((await hear(line, asking)).at(-1)).toMatchObject({ text: asking.text });
    expect(sessions()).toBe(2);
  });

  test('a message that is not known is passed over, and an empty text is silence', async () => {
    const line = open();
    simulators.faults.arm('elevenlabs', 'stt', { kind: 'quirk', name: 'unknownMessage' });
    expect((await hear(line, booking)).at(-1)).toMatchObject({ text: booking.text });
    simulators.faults.arm('elevenlabs', 'stt', { kind: 'quirk', name: 'emptyFinal' });
    expect((await hear(line, asking)).at(-1)).toMatchObject({ outcome: 'silence', text: '', words: [] });
    expect((await hear(line, greeting)).at(-1)).toMatchObject({ text: greeting.text });
  });

  test.each([-60_000, 60_000])(
    'words that a clock tells %i ms wrong stay in order, within what was said',
    async (skewMs) => {
      simulators.faults.arm('elevenlabs', 'stt', { kind: 'clockSkew', skewMs });
      const final = (await hear(open(), booking)).at(-1);
      if (final?.type !== 'final') throw new Error('no final');
      const edges = final.words.flatMap(({ startMs, endMs }) => [startMs, endMs]);
      expect(edges).toEqual([...edges].sort((a, b) => a - b));
      expect(edges[0]).toBeGreaterThanOrEqual(0);
      expect(edges.at(-1)).toBeLessThanOrEqual(2_000);
    },
  );

  test('a text whose times do not come is given without them', async () => {
    const line = open();
    simulators.faults.arm('elevenlabs', 'stt', { kind: 'quirk', name: 'noTimestamps' });
    expect((await hear(line, booking)).at(-1)).toMatchObject({ text: booking.text, words: [] });
    expect((await hear(line, asking)).at(-1)).toMatchObject({ text: asking.text });
  });

  test('a wish for a final after no speech is answered without a word to the vendor, which would ignore it', async () => {
    const line = open();
    line.stream.finalize();
    expect(await untilFinal(line.events)).toMatchObject([{ outcome: 'silence', answersFinalize: true }]);
    const short = framesOf(spokenTones(['Yes.'], 200)[0] ?? booking).filter(({ isSpeech }) => isSpeech);
    for (const frame of short) line.stream.push(frame);
    line.stream.finalize();
    await untilFinal(line.events);
    const commits = simulators.log.entries({ kind: 'message', ...VENDOR });
    expect(commits.filter(({ text }) => text.includes('"commit":true'))).toHaveLength(1);
  });

  test('an utterance of more than a minute is committed in parts, before the vendor does it by itself', async () => {
    const line = open();
    const long = spokenTones([booking.text], 95_000)[0] ?? booking;
    let pushed = 0;
    for (const frame of framesOf(long)) {
      line.stream.push(frame);
      // Past 10 s the oldest that wait for the handshake would be dropped.
      if (pushed++ === 20) await simulators.log.find({ kind: 'message', ...VENDOR });
    }
    line.stream.finalize();
    const final = (await untilFinal(line.events)).at(-1);
    expect(final).toMatchObject({ text: `${booking.text} ${booking.text}`, answersFinalize: true });
    if (final?.type !== 'final') throw new Error('no final');
    expect(final.words).toHaveLength(14);
    expect(final.words[7]?.startMs).toBeCloseTo(60_000, -2);
    expect(final.words.at(-1)?.endMs).toBeCloseTo(95_300, -2);
  });

  test('hardly any sound goes out while nobody speaks, and enough to keep the session', async () => {
    const { stream } = open();
    const quiet = { samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: false };
    for (let ms = 0; ms < 21_000; ms += 32) stream.push(quiet);
    await expect.poll(() => simulators.log.entries({ kind: 'message', ...VENDOR }).length).toBe(4);
  });

  test('what is asked for is what the agent file says', async () => {
    open(create({ keyterms: ['Parley', 'Zoë'], leaveOutFillers: true }), 'fr-CA');
    const { query } = await simulators.log.find({ kind: 'request', ...VENDOR });
    expect([...new URLSearchParams(query)]).toEqual([
      ['model_id', 'scribe_v2_realtime'],
      ['audio_format', 'pcm_16000'],
      ['commit_strategy', 'manual'],
      ['include_timestamps', 'true'],
      ['language_code', 'fr'],
      ['no_verbatim', 'true'],
      ['keyterms', 'Parley'],
      ['keyterms', 'Zoë'],
    ]);
    expect(() => create({ keyterms: ['x'.repeat(30)], tempo: 1 })).toThrow(/settings.keyterms.*tempo/s);
  });

  test('the language that was heard is told where it is asked for', async () => {
    const final = (await hear(open(create({ detectLanguage: true })), booking)).at(-1);
    expect(final).toMatchObject({ language: 'en' });
  });

  test('an abort closes the session at the vendor', async () => {
    const line = open();
    sayTo(line.stream, booking);
    await simulators.log.find({ kind: 'message', ...VENDOR });
    line.end();
    expect(await simulators.log.find({ kind: 'end', ...VENDOR })).toMatchObject({ by: 'client' });
    expect(await line.events.next()).toMatchObject({ done: true });
  });

  test('twenty ears at once are all understood', async () => {
    const stt = create();
    const finals = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const speech = [booking, asking, greeting][index % 3] ?? booking;
        return { speech, final: (await hear(open(stt), speech)).at(-1) };
      }),
    );
    for (const { speech, final } of finals) expect(final).toMatchObject({ text: speech.text });
  });

  test('a key is not told on', async () => {
    const error = await hear(open(create({}, 'wrong')), booking).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'auth' });
    expect(String(error)).not.toContain('wrong');
  });
});
