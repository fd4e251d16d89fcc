import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Provider } from '@parley/agent/runtime/provider';
import type { Tts } from '@parley/agent/tts/contract';
import { localTts, openaiTts } from '@parley/agent/tts/openai';
import { describeTtsContract } from '@parley/agent/tts/tts.contract';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { simulatedOpenai } from '../openai/openai.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { expectNothingOpen } from '../testing/nothing-open.ts';
import { collectReply, sayAll, soundMs } from '../testing/spoken-replies.ts';

const clock = createMonotonicClock();
const log = pino({ level: 'silent' });
/** Hang limit: ten times what an interruption may take to reach the vendor. */
const CANCEL_SEEN_MS = 500;

let vendors: Simulators;
beforeAll(async () => {
  vendors = await startSimulators({ vendors: [simulatedOpenai], delays: { ttsFirstAudioMs: 20 } });
});
afterAll(() => vendors.stop());
afterEach(() => {
  vendors.faults.disarm();
  vendors.log.clear();
});

function create(
  model: string,
  settings: Readonly<Record<string, unknown>> = {},
  { provider = openaiTts, apiKey = 'sk-secret' }: { provider?: Provider<Tts>; apiKey?: string } = {},
): Tts {
  return provider.create({ model, settings, apiKey, baseUrl: vendors.baseUrls.openai ?? '', clock, log });
}

/** A voice that closes with the test. */
function open(model = 'tts-1', settings: Readonly<Record<string, unknown>> = {}): Tts {
  const tts = create(model, settings);
  onTestFinished(() => tts.close());
  return tts;
}

const requests = () =>
  vendors.log.entries({ kind: 'request', stage: 'tts' }).map(({ body }) => JSON.parse(body));

describeTtsContract('tts-1', { create: async () => create('tts-1') });
describeTtsContract('gpt-4o-mini-tts', {
  create: async () => create('gpt-4o-mini-tts', { instructions: 'Speak calmly.', speed: 1.2 }),
});
describeTtsContract('a local server', {
  create: async () => create('tts-1', { voices: ['nova', 'alloy'] }, { provider: localTts, apiKey: '' }),
});

describe('OpenAI speaks', () => {
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
      { kind: 'status', status: 400 },
      { code: 'bad_request', retryable: false },
    ],
    [{ kind: 'cut' }, { code: 'unavailable', retryable: true }],
    [
      { kind: 'cut', afterMessages: 5 },
      { code: 'unavailable', retryable: true },
    ],
    [{ kind: 'truncate' }, { code: 'protocol', retryable: true }],
    [
      { kind: 'quirk', name: 'noSound' },
      { code: 'protocol', retryable: true },
    ],
    [
      { kind: 'quirk', name: 'textForSound' },
      { code: 'protocol', retryable: true },
    ],
  ] satisfies readonly (readonly [Fault, object])[])('and %j is told as %j', async (fault, error) => {
    vendors.faults.arm('openai', 'tts', fault);
    const reply = sayAll(open(), ['Your table is booked for eight.'], new AbortController().signal);
    await expect(collectReply(reply)).rejects.toMatchObject({
      name: 'ProviderError',
      provider: 'openai',
      message: expect.not.stringContaining('sk-secret'),
      ...error,
    });
    await expectNothingOpen(vendors);
  });

  test.each([
    { kind: 'noAnswer' },
    { kind: 'hang' },
    { kind: 'hang', afterMessages: 3 },
    { kind: 'drip', afterMessages: 3 },
  ] satisfies readonly Fault[])('and %j ends with its signal, and the vendor sees it', async (fault) => {
    vendors.faults.arm('openai', 'tts', fault);
    const ending = new AbortController();
    const given = collectReply(sayAll(open(), ['Your table is booked for eight.'], ending.signal));
    await vendors.log.find({ kind: 'fault', stage: 'tts' });
    ending.abort(new Error('interrupted'));
    await given;
    await vendors.log.find({ kind: 'cancel', stage: 'tts' }, CANCEL_SEEN_MS);
    await expectNothingOpen(vendors);
  });

  test('the second segment is asked for while the first sounds, and no third', async () => {
    const reply = sayAll(open(), ['First this.', 'Then that.', 'And more.'], new AbortController().signal);
    const events = reply[Symbol.asyncIterator]();
    for (let next = await events.next(); next.value?.type !== 'audio'; next = await events.next());
    await vendors.log.find({
      kind: 'request',
      exchangeId: 2 + Number(vendors.log.exchanges().at(0)?.exchangeId) - 1,
    });
    expect(requests().map(({ input }) => input)).toEqual(['First this.', 'Then that.']);
    const ended: string[] = [];
    for (let next = await events.next(); !next.done; next = await events.next()) {
      if (next.value.type === 'segmentEnd') ended.push(next.value.segmentId);
    }
    expect(ended).toEqual(['s0', 's1', 's2']);
  });

  test('what was asked for ahead is taken back when the reply ends early', async () => {
    vendors.faults.arm('openai', 'tts', { kind: 'hang', afterMessages: 2 });
    vendors.faults.arm('openai', 'tts', { kind: 'hang', afterMessages: 2 });
    const ending = new AbortController();
    const given = collectReply(sayAll(open(), ['First this.', 'Then that.'], ending.signal));
    await expect.poll(() => vendors.log.entries({ kind: 'fault' }).length).toBe(2);
    ending.abort(new Error('interrupted'));
    await given;
    await expect.poll(() => vendors.log.entries({ kind: 'cancel' }).length).toBe(2);
    expect(vendors.log.openCount).toBe(0);
  });

  test('a text longer than a request takes is asked for in parts, and marked to its end', async () => {
    const text = 'A line of some length, which is said again. '.repeat(150);
    const events = await collectReply(sayAll(open(), [text], new AbortController().signal));
    expect(requests().length).toBe(2);
    expect(
      requests()
        .map(({ input }) => input)
        .join(''),
    ).toBe(text);
    const marks = events.flatMap((event) => (event.type === 'words' ? event.marks : []));
    expect(marks.map(({ charStart, charEnd }) => text.slice(charStart, charEnd))).toEqual(
      text.trim().split(' '),
    );
    expect(marks.at(-1)?.endMs).toBeCloseTo(soundMs(events));
  });

  test('settings, voice and model go out as they are set', async () => {
    const tts = open('gpt-4o-mini-tts', { speed: 1.5, instructions: 'Whisper.' });
    const reply = tts.open({ voice: 'marin', language: 'en', signal: new AbortController().signal });
    reply.say({ segmentId: 's0', text: 'Hello.' });
    reply.finish();
    await collectReply(reply);
    expect(requests()).toEqual([
      {
        model: 'gpt-4o-mini-tts',
        voice: 'marin',
        input: 'Hello.',
        response_format: 'pcm',
        speed: 1.5,
        instructions: 'Whisper.',
      },
    ]);
  });

  test('what a model cannot do is said when it is made', () => {
    expect(() => create('tts-1', { instructions: 'Whisper.' })).toThrow(/gpt-4o-mini-tts/);
    expect(() => create('tts-1', { speed: 9 })).toThrow(/settings.speed/);
    expect(() => create('tts-1').sampleRateHz('marin')).toThrow(/alloy/);
  });
});
