import type { Llm, LlmEvent, LlmRequest } from '@parley/agent/llm/contract';
import { googleLlm } from '@parley/agent/llm/google';
import { describeLlm } from '@parley/agent/llm/llm.contract';
import { openaiLlm } from '@parley/agent/llm/openai';
import { createSwitchedLlm } from '@parley/agent/llm/switched';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Provider } from '@parley/agent/runtime/provider';
import { createProviderHealth } from '@parley/agent/runtime/provider-health';
import type { Switched } from '@parley/agent/runtime/provider-order';
import type { Stt } from '@parley/agent/stt/contract';
import { deepgramStt } from '@parley/agent/stt/deepgram';
import { openaiStt } from '@parley/agent/stt/openai';
import { describeSttContract } from '@parley/agent/stt/stt.contract';
import { createSwitchedStt } from '@parley/agent/stt/switched';
import { cartesiaTts } from '@parley/agent/tts/cartesia';
import type { Tts, TtsEvent } from '@parley/agent/tts/contract';
import { deepgramTts } from '@parley/agent/tts/deepgram';
import { createSwitchedTts } from '@parley/agent/tts/switched';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { simulatedCartesia } from '../../simulators/cartesia/cartesia.ts';
import { simulatedDeepgram } from '../../simulators/deepgram/deepgram.ts';
import type { Fault } from '../../simulators/faults.ts';
import { simulatedGoogle } from '../../simulators/google/google.ts';
import { simulatedOpenai } from '../../simulators/openai/openai.ts';
import { type Simulators, startSimulators } from '../../simulators/start-simulators.ts';
import { sayTo, spokenTones, untilFinal } from '../../simulators/testing/spoken-tones.ts';

const clock = createMonotonicClock();
const log = pino({ level: 'silent' });
const HEARD = ['Could I book a table for two?', 'Tomorrow at eight, please.'];
const [booking, time] = spokenTones(HEARD) as [KnownSpeech, KnownSpeech];
type KnownSpeech = ReturnType<typeof spokenTones>[number];

const REQUEST: LlmRequest = {
  instructions: 'You are the voice of a restaurant.',
  messages: [{ role: 'user', text: 'a table for two', isUnintelligible: false }],
  node: 'start',
  tools: [],
};

let vendors: Simulators;
beforeAll(async () => {
  vendors = await startSimulators({
    vendors: [simulatedDeepgram, simulatedOpenai, simulatedGoogle, simulatedCartesia],
    delays: { sttFinalMs: 20, llmFirstTokenMs: 20, llmPerWordMs: 2, ttsFirstAudioMs: 20 },
    script: { heard: HEARD, answers: [{ when: /./, text: 'We have a table for two at eight.' }] },
  });
});
afterAll(() => vendors.stop());
/** Stages of the test that runs. */
let made: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(made.map((stage) => stage.close()));
  made = [];
  await expect.poll(() => vendors.log.openCount, { timeout: 5_000 }).toBe(0);
  vendors.faults.disarm();
  vendors.log.clear();
});

/** The provider's stage at its simulator; nothing of any stays open after the test. */
function candidate<Stage extends { close(): Promise<void> }>(provider: Provider<Stage>, model?: string) {
  const baseUrl = vendors.baseUrls[provider.name] ?? '';
  const stage = provider.create({
    model: model ?? provider.models[0]?.name ?? '',
    settings: {},
    apiKey: 'a-key',
    baseUrl,
    clock,
    log,
  });
  made.push(stage);
  return { stage, baseUrl, key: provider.key };
}

/** What every switcher is given, and who it went over to. */
function switching() {
  const wentTo: string[] = [];
  const onSwitched = ({ to }: Switched) => wentTo.push(to.provider);
  return { wentTo, health: createProviderHealth({ clock }), clock, log, onSwitched };
}

/** The switcher, which closes who works for it too. */
function owning<Stage extends { close(): Promise<void> }>(
  switcher: Stage,
  stage: { close(): Promise<void> },
): Stage {
  return {
    ...switcher,
    async close() {
      await switcher.close();
      await stage.close();
    },
  };
}

describeSttContract('Deepgram behind a switcher', {
  create: async () => {
    const deepgram = candidate<Stt>(deepgramStt);
    return owning(createSwitchedStt({ ...switching(), order: [deepgram] }), deepgram.stage);
  },
  speech: async () => [booking, time],
  otherLanguage: null,
});

describeLlm('OpenAI behind a switcher', {
  create: () => {
    const openai = candidate<Llm>(openaiLlm);
    return owning(createSwitchedLlm({ ...switching(), order: [openai], hedgeAfterMs: null }), openai.stage);
  },
  request: REQUEST,
});

const REFUSALS: readonly Fault[] = [
  { kind: 'status', status: 401 },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 500 },
  { kind: 'noAnswer' },
];
const BREAKS = (afterMessages: number): readonly Fault[] => [
  { kind: 'hang', afterMessages },
  { kind: 'drip', afterMessages },
  { kind: 'truncate', afterMessages },
  { kind: 'wrongJson', afterMessages },
  { kind: 'cut', afterMessages },
];
const named = (faults: readonly Fault[]) => faults.map((fault) => [JSON.stringify(fault), fault] as const);

describe('a recogniser that fails in a call', () => {
  test.each(named([...REFUSALS, ...BREAKS(0), ...BREAKS(2)]))(
    'by %s: each sentence is heard once, by the next',
    async (_, fault) => {
      vendors.faults.arm('deepgram', 'stt', fault);
      const given = switching();
      const order = [
        candidate<Stt>(deepgramStt),
        candidate<Stt>(openaiStt, 'gpt-4o-mini-transcribe'),
      ] as const;
      const stt = createSwitchedStt({ ...given, order });
      const ending = new AbortController();
      onTestFinished(() => ending.abort(new Error('over')));
      const stream = stt.open({ language: 'en', prefixPaddingMs: 300, signal: ending.signal });
      const events = stream[Symbol.asyncIterator]();
      for (const speech of [booking, time]) {
        sayTo(stream, speech);
        stream.finalize();
        const final = (await untilFinal(events)).at(-1);
        expect(final).toMatchObject({ text: speech.text, answersFinalize: true });
      }
      expect(given.wentTo).toEqual(['openai']);
    },
  );

  test('one asked for in mid-sentence hears it from its start', async () => {
    const given = switching();
    const order = [candidate<Stt>(deepgramStt), candidate<Stt>(openaiStt, 'gpt-4o-mini-transcribe')] as const;
    const stt = createSwitchedStt({ ...given, order });
    const ending = new AbortController();
    onTestFinished(() => ending.abort(new Error('over')));
    const stream = stt.open({ language: 'en', prefixPaddingMs: 300, signal: ending.signal });
    const events = stream[Symbol.asyncIterator]();
    sayTo(stream, booking);
    stt.use('openai', 'asked');
    stream.finalize();
    expect((await untilFinal(events)).at(-1)).toMatchObject({ text: booking.text });
    expect(given.wentTo).toEqual(['openai']);
  });
});

describe('a model that fails before it gave anything', () => {
  const ask = async (llm: Llm) => {
    const events: LlmEvent[] = [];
    for await (const event of llm.stream(REQUEST, { signal: new AbortController().signal }))
      events.push(event);
    return events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  };

  test.each(named([...REFUSALS, ...BREAKS(0)]))('by %s: the next answers', async (_, fault) => {
    vendors.faults.arm('openai', 'llm', fault);
    const order = [candidate<Llm>(openaiLlm), candidate<Llm>(googleLlm)] as const;
    const llm = createSwitchedLlm({ ...switching(), order, hedgeAfterMs: 500 });
    expect(await ask(llm)).toBe('We have a table for two at eight.');
    expect(vendors.log.entries({ kind: 'request', vendor: 'google' })).toHaveLength(1);
  });

  test('that is slow is stopped at its vendor when another was first', async () => {
    vendors.faults.arm('openai', 'llm', { kind: 'hang' });
    const order = [candidate<Llm>(openaiLlm), candidate<Llm>(googleLlm)] as const;
    const llm = createSwitchedLlm({ ...switching(), order, hedgeAfterMs: 300 });
    await ask(llm);
    expect(await vendors.log.find({ kind: 'end', vendor: 'openai' })).toMatchObject({ by: 'client' });
  });
});

describe('a voice that fails in a reply', () => {
  const TEXTS = ['We have a table for two at eight, by the window.', 'Shall I book it for you?'];

  const speak = async (tts: Tts) => {
    const reply = tts.open({
      voice: tts.voices[0] ?? '',
      language: 'en',
      signal: new AbortController().signal,
    });
    for (const [index, text] of TEXTS.entries()) reply.say({ segmentId: `s${index}`, text });
    reply.finish();
    const events: TtsEvent[] = [];
    for await (const event of reply) events.push(event);
    return events;
  };

  test.each(named([...REFUSALS, ...BREAKS(0), ...BREAKS(4)]))(
    'by %s: the next says what is left, and no word twice',
    async (_, fault) => {
      vendors.faults.arm('cartesia', 'tts', fault);
      const given = switching();
      const first = candidate<Tts>(cartesiaTts);
      const second = candidate<Tts>(deepgramTts);
      const tts = createSwitchedTts({
        ...given,
        order: [
          { ...first, voice: first.stage.voices[0] ?? '' },
          { ...second, voice: second.stage.voices[0] ?? '' },
        ],
      });
      const events = await speak(tts);
      expect(given.wentTo).toEqual(['deepgram']);
      for (const [index, text] of TEXTS.entries()) {
        const segmentId = `s${index}`;
        const ofSegment = events.filter((event) => event.segmentId === segmentId);
        expect(ofSegment.at(-1)?.type).toBe('segmentEnd');
        const marks = ofSegment.flatMap((event) => (event.type === 'words' ? event.marks : []));
        const said = marks.map(({ charStart, charEnd }) => text.slice(charStart, charEnd));
        // A word that was begun and not ended is said again from its start.
        const once = said.filter((word, place) => word !== said[place - 1]);
        expect(once.join(' ')).toBe(text);
        expect(said.length - once.length).toBeLessThanOrEqual(1);
      }
    },
  );
});
