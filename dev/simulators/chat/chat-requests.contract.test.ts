import type { Llm, LlmEvent, LlmRequest } from '@parley/agent/llm/contract';
import { googleLlm } from '@parley/agent/llm/google';
import { openaiLlm } from '@parley/agent/llm/openai';
import { ollamaLlm } from '@parley/agent/llm/openai-compatible';
import { xaiLlm } from '@parley/agent/llm/xai';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Provider } from '@parley/agent/runtime/provider';
import { BUILTIN_TOOLS } from '@parley/engine/call/builtin-tools';
import type { ModelMessage } from '@parley/engine/conversation/model-context';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { simulatedGoogle } from '../google/google.ts';
import { simulatedOllama } from '../ollama/ollama.ts';
import { simulatedOpenai } from '../openai/openai.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { simulatedXai } from '../xai/xai.ts';

const said = (text: string): ModelMessage => ({ role: 'user', text, isUnintelligible: false });
const answered = (text: string): ModelMessage => ({ role: 'assistant', text, isInterrupted: false });
const HELLO: LlmRequest = {
  instructions: 'You are the voice of a restaurant.',
  messages: [said('hello')],
  node: 'start',
  tools: BUILTIN_TOOLS,
};
const KEY = 'sk-secret-of-a-test';

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startSimulators({
    vendors: [simulatedOpenai, simulatedGoogle, simulatedXai, simulatedOllama],
    delays: { llmFirstTokenMs: 0, llmPerWordMs: 0 },
  });
});
afterAll(() => simulators.stop());
afterEach(() => {
  simulators.faults.disarm();
  simulators.log.clear();
});

function make(provider: Provider<Llm>, model: string, settings: Readonly<Record<string, unknown>> = {}): Llm {
  const llm = provider.create({
    model,
    settings,
    apiKey: KEY,
    baseUrl: simulators.baseUrls[provider.name] ?? '',
    clock: createMonotonicClock(),
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => llm.close());
  return llm;
}

async function read(llm: Llm, request: LlmRequest): Promise<LlmEvent[]> {
  const events: LlmEvent[] = [];
  for await (const event of llm.stream(request, { signal: new AbortController().signal })) events.push(event);
  return events;
}

/** The body that the vendor was sent, which it took. */
async function bodyFor(
  provider: Provider<Llm>,
  model: string,
  settings: Readonly<Record<string, unknown>> = {},
  request = HELLO,
): Promise<Readonly<Record<string, unknown>>> {
  await read(make(provider, model, settings), request);
  const [asked, ...more] = simulators.log.entries({ kind: 'request' });
  expect(more).toEqual([]);
  return JSON.parse(asked?.body ?? '');
}

const TALKS = { ...HELLO, tools: [] };

describe('what models are asked', () => {
  it('is the same but for the conversation', async () => {
    const one = await bodyFor(openaiLlm, 'gpt-6-luna');
    simulators.log.clear();
    const other = await bodyFor(openaiLlm, 'gpt-6-luna');
    expect(other).toEqual(one);
    expect(one).toMatchObject({
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      prompt_cache_key: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('holds no tools where there are none', async () => {
    expect(await bodyFor(googleLlm, 'gemini-3.5-flash-lite', {}, TALKS)).not.toHaveProperty('tools');
  });

  const EXPECTED: readonly [
    provider: Provider<Llm>,
    model: string,
    body: Readonly<Record<string, unknown>>,
  ][] = [
    [openaiLlm, 'gpt-6-luna', { reasoning_effort: 'none', max_completion_tokens: 400 }],
    [openaiLlm, 'gpt-4.1-nano', { max_completion_tokens: 400 }],
    [openaiLlm, 'gpt-4o', { max_completion_tokens: 400 }],
    [openaiLlm, 'o1', { reasoning_effort: 'low', max_completion_tokens: 4_400 }],
    [openaiLlm, 'o3', { reasoning_effort: 'low', max_completion_tokens: 4_400 }],
    [openaiLlm, 'gpt-5-mini', { reasoning_effort: 'minimal', max_completion_tokens: 4_400 }],
    [googleLlm, 'gemini-3.5-flash-lite', { reasoning_effort: 'none', max_tokens: 400 }],
    [googleLlm, 'gemini-2.5-flash', { reasoning_effort: 'none', max_tokens: 400 }],
    [
      googleLlm,
      'gemini-2.5-pro',
      { extra_body: { google: { thinking_config: { thinking_budget: 128 } } }, max_tokens: 4_400 },
    ],
    [googleLlm, 'gemini-3.1-pro-preview', { reasoning_effort: 'low', max_tokens: 4_400 }],
    [xaiLlm, 'grok-4.3', { reasoning_effort: 'none', max_tokens: 400 }],
    [xaiLlm, 'grok-4', { max_tokens: 4_400 }],
    [xaiLlm, 'grok-3-beta', { max_tokens: 400 }],
    [xaiLlm, 'grok-4.20-non-reasoning', { max_tokens: 400 }],
    [ollamaLlm, 'qwen3', { reasoning_effort: 'none', max_tokens: 400 }],
  ];
  for (const [provider, model, expected] of EXPECTED) {
    it(`is what ${model} takes`, async () => {
      const body = await bodyFor(provider, model);
      expect(body).toMatchObject(expected);
      expect('reasoning_effort' in body).toBe('reasoning_effort' in expected);
      expect('temperature' in body).toBe(false);
    });
  }

  it('instructs reasoning models as their developer, others as the system', async () => {
    expect(await bodyFor(openaiLlm, 'o3')).toMatchObject({
      messages: [{ role: 'developer' }, { role: 'user' }],
    });
    simulators.log.clear();
    expect(await bodyFor(openaiLlm, 'gpt-4o')).toMatchObject({
      messages: [{ role: 'system' }, { role: 'user' }],
    });
  });

  it('has a temperature where it is set and the model takes one', async () => {
    expect(await bodyFor(openaiLlm, 'gpt-4o', { temperature: 0.2 })).toMatchObject({ temperature: 0.2 });
    simulators.log.clear();
    expect(await bodyFor(openaiLlm, 'gpt-6-luna', { temperature: 0.2 })).not.toHaveProperty('temperature');
  });

  it('has room for thinking from when the model refused to be told how much', async () => {
    const llm = make(googleLlm, 'gemini-3.5-flash-lite');
    simulators.faults.arm('google', 'llm', { kind: 'quirk', name: 'refusesReasoning' });
    await read(llm, HELLO);
    const bodies = simulators.log.entries({ kind: 'request' }).map(({ body }) => JSON.parse(body));
    expect(bodies.map((body) => body.max_tokens)).toEqual([400, 4_400]);
  });

  it('is asked again without it by each of those who asked at once', async () => {
    const llm = make(googleLlm, 'gemini-3.5-flash-lite');
    simulators.faults.arm('google', 'llm', { kind: 'quirk', name: 'refusesReasoning' }, 3);
    const answers = await Promise.all([1, 2, 3].map(() => read(llm, HELLO)));
    expect(answers.every((events) => events.length > 1)).toBe(true);
    expect(simulators.log.entries({ kind: 'request' })).toHaveLength(6);
  });

  it('keeps thought out where a model refuses it beside tools', async () => {
    const settings = { reasoningEffort: 'medium' };
    expect(await bodyFor(openaiLlm, 'gpt-6-luna', settings)).toMatchObject({ reasoning_effort: 'none' });
    simulators.log.clear();
    expect(await bodyFor(openaiLlm, 'gpt-6-luna', settings, TALKS)).toMatchObject({
      reasoning_effort: 'medium',
      max_completion_tokens: 4_400,
    });
  });
});

describe('what models tell', () => {
  it('is cached from the second turn on, since a turn only adds to the end', async () => {
    const llm = make(openaiLlm, 'gpt-6-luna');
    const instructions = 'The menu has soup, bread and wine. '.repeat(200);
    const turns = [said('hello'), answered('Hello, how can I help?'), said('what is there')];
    const usage = async (messages: readonly ModelMessage[]) =>
      (await read(llm, { ...HELLO, instructions, messages })).find((event) => event.type === 'usage');
    expect(await usage(turns.slice(0, 1))).toMatchObject({ cachedInputTokens: 0 });
    const later = await usage(turns);
    expect(later?.cachedInputTokens).toBeGreaterThan(1_600);
  });

  it('counts thought as output, and never speaks it', async () => {
    const events = await read(make(xaiLlm, 'grok-4.3', { reasoningEffort: 'high' }), TALKS);
    const text = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
    expect(text).not.toContain('wants an answer');
    const [quiet] = (await read(make(xaiLlm, 'grok-4.3'), TALKS)).filter((event) => event.type === 'usage');
    const [thought] = events.filter((event) => event.type === 'usage');
    expect(thought?.outputTokens).toBe((quiet?.outputTokens ?? 0) + 16);
  });

  it('is how long to wait, where Google says it in words', async () => {
    simulators.faults.arm('google', 'llm', { kind: 'status', status: 429 });
    await expect(read(make(googleLlm, 'gemini-3.5-flash-lite'), HELLO)).rejects.toMatchObject({
      code: 'rate_limit',
      retryable: true,
      retryAfterMs: 12_000,
      message: expect.stringContaining('requests per minute'),
    });
  });

  it('is that credit is used up, which no second try changes', async () => {
    const bodies = {
      openai:
        '{"error":{"message":"Add credits.","type":"insufficient_quota","code":"credit_balance_exhausted"}}',
      xai: '{"code":"x","error":"Your team has used all available credits or reached its monthly spending limit."}',
    };
    for (const provider of [openaiLlm, xaiLlm]) {
      const body = bodies[provider.name as keyof typeof bodies];
      simulators.faults.arm(provider.name, 'llm', { kind: 'status', status: 429, body });
      await expect(read(make(provider, provider.models[0]?.name ?? ''), HELLO)).rejects.toMatchObject({
        code: 'rate_limit',
        retryable: false,
      });
    }
  });

  it('never holds the key, though the vendor quotes it', async () => {
    const body = `{"error":{"message":"Incorrect API key provided: ${KEY}.","type":"invalid_request_error"}}`;
    simulators.faults.arm('openai', 'llm', { kind: 'status', status: 401, body });
    const fault = await read(make(openaiLlm, 'gpt-6-luna'), HELLO).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'auth' });
    const chain: string[] = [];
    for (let error = fault; error instanceof Error; error = error.cause) chain.push(error.stack ?? '');
    expect(chain.join('\n')).toContain('Incorrect API key provided');
    expect(chain.join('\n')).not.toContain(KEY);
  });

  it('is loaded before the first caller, where the server loads its models on demand', async () => {
    await make(ollamaLlm, 'llama3.2').warm();
    const [asked] = simulators.log.entries({ kind: 'request' });
    expect(JSON.parse(asked?.body ?? '')).toMatchObject({ model: 'llama3.2', max_tokens: 1 });
  });
});
