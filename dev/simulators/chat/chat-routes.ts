import { delay } from '@parley/agent/runtime/clock';
import type { SimulatedAnswer } from '../answer-script.ts';
import type { HttpExchange, HttpRoute, Refusal } from '../simulated-vendor.ts';
import type { ChatDialect, Delta, TokenCounts } from './chat-dialect.ts';
import { type ChatRequest, lastWordsOf, readChatRequest } from './chat-request.ts';
import { countPrompt, tokensIn } from './prompt-cache.ts';

/** By when a client has read what was sent before its connection breaks, in ms. */
const READ_MS = 50;

/**
 * Chat completions and the list of models, as a vendor speaks them. Quirks of `llm`: `noDone` (no `[DONE]`), `noFinish`
 * (no finish_reason), `cutAtEnd` (cut after it), `errorInStream`, `badArguments` (tool arguments that are no JSON), `empty` (an answer without a
 * word), `refusesReasoning` (400 to how much the model is to think).
 */
export function chatRoutes(dialect: ChatDialect): readonly HttpRoute[] {
  return [
    {
      kind: 'http',
      method: 'POST',
      stage: 'llm',
      path: /^\/chat\/completions$/,
      answer: (exchange) => answerChat(exchange, dialect),
    },
    {
      kind: 'http',
      method: 'GET',
      stage: 'llm',
      path: /^\/models$/,
      // Source: openai resources/models.d.ts.
      async answer(exchange) {
        const created = createdAt(exchange);
        const data = dialect.models.map((id) => ({ id, object: 'model', created, owned_by: dialect.owner }));
        exchange.json(200, { object: 'list', data });
      },
    },
  ];
}

async function answerChat(exchange: HttpExchange, dialect: ChatDialect): Promise<void> {
  const read = readChatRequest(exchange.request.body);
  if ('fault' in read) return refuse(exchange, dialect.error(400, read.fault, { param: read.param }));
  const { request } = read;
  const refusal = exchange.takeQuirk('refusesReasoning')
    ? dialect.error(400, 'reasoning_effort is not supported by this model.', { param: 'reasoning_effort' })
    : dialect.refusal(request);
  if (refusal !== null) return refuse(exchange, refusal);

  const { simulation } = exchange;
  const answer = exchange.takeQuirk('empty') ? { text: '' } : simulation.answers.answer(lastWordsOf(request));
  const counted = countPrompt(simulation, request);
  const counts: TokenCounts = {
    prompt: counted.tokens,
    cached: counted.cachedTokens,
    written: tokensIn(answer.text),
    thought: dialect.thinking(request).length * 8,
  };
  await delay(simulation.clock, simulation.delays.llmFirstTokenMs, exchange.signal);
  if (request.stream) await streamAnswer(exchange, dialect, request, answer, counts);
  else exchange.json(200, wholeAnswer(exchange, dialect, request, answer, counts));
}

async function streamAnswer(
  exchange: HttpExchange,
  dialect: ChatDialect,
  request: ChatRequest,
  answer: SimulatedAnswer,
  counts: TokenCounts,
): Promise<void> {
  const { simulation, signal } = exchange;
  const base = {
    id: `${dialect.idPrefix}${simulation.id(16)}`,
    object: 'chat.completion.chunk',
    created: createdAt(exchange),
    model: request.model,
    ...dialect.chunkFields(request),
  };
  const isUsageAsked = request.stream_options?.include_usage === true;
  const send = (fields: Readonly<Record<string, unknown>>) =>
    exchange.write(`data: ${JSON.stringify({ ...base, ...fields })}\n\n`);
  const sendDelta = (delta: Delta, finish: string | null = null) =>
    send({
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(dialect.usageOn === 'every' ? { usage: dialect.usage(counts) } : {}),
      ...(dialect.usageOn === 'last' && isUsageAsked ? { usage: null } : {}),
    });

  exchange.begin(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  if (dialect.firstDelta !== null) sendDelta(dialect.firstDelta);
  for (const delta of dialect.thinking(request)) sendDelta(delta);
  for (const [index, word] of (answer.text.match(/\S+\s*/g) ?? []).entries()) {
    if (index > 0) await delay(simulation.clock, simulation.delays.llmPerWordMs, signal);
    sendDelta(dialect.word(word));
    if (exchange.takeQuirk('errorInStream')) {
      exchange.write(
        `data: ${dialect.error(500, 'The server had an error.', { code: 'server_error' }).body}\n\n`,
      );
      return exchange.end();
    }
  }
  const calls = offeredCalls(request, answer);
  for (const [index, call] of calls.entries()) {
    const id = `call_${simulation.id(6)}`;
    const argumentsJson = exchange.takeQuirk('badArguments') ? '{"cut' : JSON.stringify(call.arguments);
    for (const delta of dialect.call({ id, index, name: call.name, argumentsJson }, request))
      sendDelta(delta);
  }
  if (!exchange.takeQuirk('noFinish')) sendDelta({}, calls.length > 0 ? dialect.finishOfCalls : 'stop');
  if (exchange.takeQuirk('cutAtEnd')) {
    await delay(simulation.clock, READ_MS, signal);
    return exchange.cut();
  }
  if (dialect.usageOn === 'last' && isUsageAsked) send({ choices: [], usage: dialect.usage(counts) });
  if (!exchange.takeQuirk('noDone')) exchange.write('data: [DONE]\n\n');
  exchange.end();
}

/** Source: openai resources/chat/completions/completions.d.ts, ChatCompletion. */
function wholeAnswer(
  exchange: HttpExchange,
  dialect: ChatDialect,
  request: ChatRequest,
  answer: SimulatedAnswer,
  counts: TokenCounts,
) {
  return {
    id: `${dialect.idPrefix}${exchange.simulation.id(16)}`,
    object: 'chat.completion',
    created: createdAt(exchange),
    model: request.model,
    ...dialect.chunkFields(request),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer.text, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: dialect.usage(counts),
  };
}

const createdAt = (exchange: HttpExchange) =>
  Math.floor((exchange.simulation.epochMs() + exchange.skewMs) / 1000);

/** Calls of tools that the request does not offer are left out. */
function offeredCalls({ tools }: ChatRequest, { calls = [] }: SimulatedAnswer) {
  return calls.filter(({ name }) => tools.some((tool) => tool.function.name === name));
}

function refuse(exchange: HttpExchange, { status, headers, body }: Refusal): void {
  exchange.begin(status, { 'content-type': 'application/json', ...headers });
  exchange.write(body);
  exchange.end();
}
