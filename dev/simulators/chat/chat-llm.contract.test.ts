import type { Llm, LlmEvent, LlmRequest } from '@parley/agent/llm/contract';
import { googleLlm } from '@parley/agent/llm/google';
import { describeLlm } from '@parley/agent/llm/llm.contract';
import { openaiLlm } from '@parley/agent/llm/openai';
import { localLlm, ollamaLlm } from '@parley/agent/llm/openai-compatible';
import { xaiLlm } from '@parley/agent/llm/xai';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Provider } from '@parley/agent/runtime/provider';
import { BUILTIN_TOOLS } from '@parley/engine/call/builtin-tools';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../faults.ts';
import { simulatedGoogle } from '../google/google.ts';
import { simulatedOllama } from '../ollama/ollama.ts';
import { simulatedOpenai } from '../openai/openai.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { simulatedXai } from '../xai/xai.ts';

const clock = createMonotonicClock();
const log = pino({ level: 'silent' });
const KEY = 'sk-secret-of-a-test';

/** Each provider, the vendor that it is tried against, and its default model there. */
const CASES: readonly {
  readonly provider: Provider<Llm>;
  readonly vendor: string;
  readonly keyed: boolean;
}[] = [
  { provider: openaiLlm, vendor: 'openai', keyed: true },
  { provider: googleLlm, vendor: 'google', keyed: true },
  { provider: xaiLlm, vendor: 'xai', keyed: true },
  { provider: ollamaLlm, vendor: 'ollama', keyed: false },
  { provider: localLlm, vendor: 'ollama', keyed: false },
];

const HELLO: LlmRequest = {
  instructions: 'You are the voice of a restaurant.',
  messages: [{ role: 'user', text: 'hello there', isUnintelligible: false }],
  node: 'start',
  tools: BUILTIN_TOOLS,
};
const saying = (text: string): LlmRequest => ({
  ...HELLO,
  messages: [{ role: 'user', text, isUnintelligible: false }],
});

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startSimulators({
    vendors: [simulatedOpenai, simulatedGoogle, simulatedXai, simulatedOllama],
    delays: { llmFirstTokenMs: 5, llmPerWordMs: 1 },
    script: {
      answers: [
        { when: /echo/, text: 'Grüße aus 東京, 👩🏽‍🚀 "quoted" — \\ مرحبا.' },
        {
          when: /two things/,
          text: 'One moment.',
          calls: [
            { name: 'end_call', arguments: {} },
            { name: 'end_call', arguments: { why: 'both "of them"' } },
          ],
        },
        { when: /long story/, text: `${'word'.repeat(50)} `.repeat(300) },
      ],
    },
  });
});
afterAll(() => simulators.stop());

interface Made {
  readonly model?: string;
  readonly apiKey?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly baseUrl?: string;
}

function make(provider: Provider<Llm>, vendor: string, made: Made = {}): Llm {
  const llm = provider.create({
    model: made.model ?? provider.models[0]?.name ?? '',
    settings: made.settings ?? {},
    apiKey: made.apiKey ?? (provider.key === null ? '' : KEY),
    baseUrl: made.baseUrl ?? simulators.baseUrls[vendor] ?? '',
    clock,
    log,
  });
  onTestFinished(() => llm.close());
  return llm;
}

async function read(llm: Llm, request: LlmRequest, signal = new AbortController().signal) {
  const events: LlmEvent[] = [];
  for await (const event of llm.stream(request, { signal })) events.push(event);
  return {
    text: events.map((event) => (event.type === 'text' ? event.text : '')).join(''),
    calls: events.flatMap((event) =>
      event.type === 'toolCall' ? [`${event.name} ${event.argumentsJson}`] : [],
    ),
    ids: events.flatMap((event) => (event.type === 'toolCall' ? [event.toolCallId] : [])),
    usage: events.filter((event) => event.type === 'usage'),
  };
}

for (const { provider, vendor, keyed } of CASES) {
  const name = `${provider.name} at the simulated ${vendor}`;

  describeLlm(name, {
    create: () =>
      provider.create({
        model: provider.models[0]?.name ?? '',
        settings: {},
        apiKey: keyed ? KEY : '',
        baseUrl: simulators.baseUrls[vendor] ?? '',
        clock,
        log,
      }),
    request: HELLO,
  });

  describe(name, () => {
    afterEach(() => {
      simulators.faults.disarm();
      simulators.log.clear();
    });

    it('carries any script through whole', async () => {
      expect((await read(make(provider, vendor), saying('echo'))).text).toBe(
        'Grüße aus 東京, 👩🏽‍🚀 "quoted" — \\ مرحبا.',
      );
    });

    it('asks for tools after the text, several too, each with an id of its own', async () => {
      const answer = await read(make(provider, vendor), saying('two things'));
      expect(answer.text.trim()).toBe('One moment.');
      expect(answer.calls).toEqual(['end_call {}', 'end_call {"why":"both \\"of them\\""}']);
      expect(new Set(answer.ids).size).toBe(2);
      expect(answer.ids.every((id) => id.length > 0)).toBe(true);
    });

    it('ends the call on a goodbye', async () => {
      expect((await read(make(provider, vendor), saying('goodbye then'))).calls).toEqual(['end_call {}']);
    });

    it('tells what was billed, once and last, under its own name', async () => {
      const llm = make(provider, vendor);
      const { usage } = await read(llm, HELLO);
      expect(usage).toHaveLength(1);
      expect(usage[0]).toMatchObject({ provider: llm.provider, model: llm.model });
      expect(usage[0]).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
    });

    it('takes a prompt without a word, and one of a quarter of a million characters', async () => {
      const llm = make(provider, vendor);
      expect((await read(llm, { ...HELLO, instructions: '', messages: [] })).text).not.toBe('');
      expect((await read(llm, saying('tell me more '.repeat(20_000)))).text).not.toBe('');
    });

    it('reads a very long answer whole', async () => {
      expect((await read(make(provider, vendor), saying('long story'))).text.split(' ')).toHaveLength(301);
    });

    it('takes its words back at the vendor when it is interrupted', async () => {
      simulators.faults.arm(vendor, 'llm', { kind: 'hang', afterMessages: 5 });
      const interrupting = new AbortController();
      const events: LlmEvent[] = [];
      let abortedAtMs = 0;
      for await (const event of make(provider, vendor).stream(HELLO, { signal: interrupting.signal })) {
        events.push(event);
        if (events.length !== 2) continue;
        abortedAtMs = clock.nowMs();
        interrupting.abort(new Error('interrupted'));
      }
      expect(events).toHaveLength(2);
      await simulators.log.find({ kind: 'cancel', vendor });
      // Ten times the goal of 50 ms: this looks for hangs.
      expect(clock.nowMs() - abortedAtMs).toBeLessThan(500);
      expect(simulators.log.openCount).toBe(0);
    });

    it('takes them back when its reader leaves', async () => {
      simulators.faults.arm(vendor, 'llm', { kind: 'hang', afterMessages: 5 });
      for await (const _ of make(provider, vendor).stream(HELLO, { signal: new AbortController().signal }))
        break;
      await simulators.log.find({ kind: 'cancel', vendor });
    });

    it('ends in a fault when it is closed in mid-answer, and answers nothing after', async () => {
      simulators.faults.arm(vendor, 'llm', { kind: 'hang', afterMessages: 5 });
      const llm = make(provider, vendor);
      const answer = expect(read(llm, HELLO)).rejects.toMatchObject({
        code: 'unavailable',
        retryable: false,
      });
      await simulators.log.find({ kind: 'fault', vendor });
      await llm.close();
      await answer;
      await expect(read(llm, HELLO)).rejects.toMatchObject({ code: 'unavailable' });
      await simulators.log.find({ kind: 'cancel', vendor });
      expect(simulators.log.openCount).toBe(0);
    });

    it('keeps its connection between answers, and leaves none after close', async () => {
      await expect.poll(() => simulators.connectionCount).toBe(0);
      const llm = make(provider, vendor);
      await llm.warm();
      for (let turn = 0; turn < 10; turn++) await read(llm, HELLO);
      // A request that is sent as the one before it ends may find its connection not yet free.
      expect(simulators.connectionCount).toBeLessThanOrEqual(2);
      await llm.close();
      await expect.poll(() => simulators.connectionCount).toBe(0);
    });

    const FAULTS: readonly [name: string, fault: Fault, expected: Readonly<Record<string, unknown>>][] = [
      ['500', { kind: 'status', status: 500 }, { code: 'unavailable', retryable: true }],
      ['503', { kind: 'status', status: 503 }, { code: 'unavailable', retryable: true }],
      [
        '429 with Retry-After',
        { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
        { code: 'rate_limit', retryable: true, retryAfterMs: 7_000 },
      ],
      ['404', { kind: 'status', status: 404 }, { code: 'bad_request', retryable: false }],
      [
        'a page of HTML',
        { kind: 'status', status: 502, body: '<html>Bad gateway</html>' },
        { code: 'unavailable', retryable: true },
      ],
      ['a truncated stream', { kind: 'truncate', afterMessages: 3 }, { code: 'protocol', retryable: true }],
      ['wrong JSON', { kind: 'wrongJson', afterMessages: 3 }, { code: 'protocol', retryable: true }],
      ['a cut connection', { kind: 'cut', afterMessages: 3 }, { code: 'unavailable', retryable: true }],
      ['a cut before the first word', { kind: 'cut' }, { code: 'unavailable', retryable: true }],
      ['no finish_reason', { kind: 'quirk', name: 'noFinish' }, { code: 'protocol', retryable: true }],
      ['an error in the stream', { kind: 'quirk', name: 'errorInStream' }, { retryable: true }],
      ['an empty answer', { kind: 'quirk', name: 'empty' }, { code: 'protocol', retryable: true }],
    ];
    for (const [fault, armed, expected] of FAULTS) {
      it(`says what ${fault} means, tries nothing twice, and answers the next time`, async () => {
        const llm = make(provider, vendor);
        simulators.faults.arm(vendor, 'llm', armed);
        await expect(read(llm, HELLO)).rejects.toMatchObject({
          name: 'ProviderError',
          provider: provider.name,
          ...expected,
        });
        expect(simulators.log.entries({ kind: 'request', vendor })).toHaveLength(1);
        expect((await read(llm, HELLO)).text).not.toBe('');
      });
    }

    it('takes tool arguments that are no JSON for a fault', async () => {
      simulators.faults.arm(vendor, 'llm', { kind: 'quirk', name: 'badArguments' });
      await expect(read(make(provider, vendor), saying('goodbye'))).rejects.toMatchObject({
        code: 'protocol',
      });
    });

    it('misses nothing where [DONE] does not come, or the connection breaks after the answer', async () => {
      const llm = make(provider, vendor);
      const { text } = await read(llm, saying('echo'));
      simulators.faults.arm(vendor, 'llm', { kind: 'quirk', name: 'noDone' });
      expect((await read(llm, saying('echo'))).text).toBe(text);
      simulators.faults.arm(vendor, 'llm', { kind: 'quirk', name: 'cutAtEnd' });
      expect((await read(llm, saying('echo'))).text).toBe(text);
    });

    it('leaves a server that hangs, gives no answer or drips within one event', async () => {
      for (const kind of ['hang', 'noAnswer', 'drip'] as const) {
        const leaving = new AbortController();
        simulators.faults.arm(vendor, 'llm', { kind });
        const answer = read(make(provider, vendor), HELLO, leaving.signal);
        await simulators.log.find({ kind: 'fault', vendor });
        leaving.abort(new Error('too slow'));
        expect((await answer).text).toBe('');
        await simulators.log.find({ kind: 'cancel', vendor });
        simulators.log.clear();
      }
    });

    it('answers though the vendor tells another time', async () => {
      simulators.faults.arm(vendor, 'llm', { kind: 'clockSkew', skewMs: -86_400_000 });
      expect((await read(make(provider, vendor), HELLO)).text).not.toBe('');
    });

    it('says that nobody listens there', async () => {
      const llm = make(provider, vendor, { baseUrl: 'http://127.0.0.1:9/v1' });
      await expect(llm.warm()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
      await expect(read(llm, HELLO)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    });

    it('says that the model is not there', async () => {
      const llm = make(provider, vendor, { model: 'missing-model' });
      await expect(read(llm, HELLO)).rejects.toMatchObject({ code: 'bad_request', retryable: false });
    });

    it('refuses settings that it does not have, and names them', () => {
      expect(() => make(provider, vendor, { settings: { temprature: 1 } })).toThrow(/temprature/);
    });

    it('drops how much to think, and tries once more, where the model refuses it', async () => {
      const llm = make(provider, vendor, { settings: { reasoningEffort: 'none' } });
      simulators.faults.arm(vendor, 'llm', { kind: 'quirk', name: 'refusesReasoning' });
      const request = { ...HELLO, tools: [] };
      expect((await read(llm, request)).text).not.toBe('');
      await read(llm, request);
      const bodies = simulators.log.entries({ kind: 'request', vendor }).map(({ body }) => body);
      expect(bodies.map((body) => body.includes('reasoning_effort'))).toEqual([true, false, false]);
    });

    it.skipIf(!keyed)('says that a key is wrong, to who warms it and to who asks', async () => {
      const llm = make(provider, vendor, { apiKey: 'wrong' });
      await expect(llm.warm()).rejects.toMatchObject({ code: 'auth', retryable: false });
      await expect(read(llm, HELLO)).rejects.toMatchObject({ code: 'auth', retryable: false });
    });
  });
}
