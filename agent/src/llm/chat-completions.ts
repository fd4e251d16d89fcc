import type OpenAI from 'openai';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { createKeepAliveFetch, type KeepAliveFetch } from '../runtime/keep-alive-fetch.ts';
import { createOpenaiClient, warmOpenai } from '../runtime/openai-client.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { AnswerFault, type ChatChunk, createChatAnswer } from './chat-answer.ts';
import { chatFault, refusesReasoning } from './chat-fault.ts';
import { chatMessages, chatTools } from './chat-messages.ts';
import type { Llm, LlmEvent, LlmRequest } from './contract.ts';

/** Tokens that thinking may take. Source: the budget that Google gives for `low` is 1,024, for `medium` 8,192. */
const THINKING_TOKENS = 4_000;

/** How long a server may take to tell the bill of a whole answer and to end it, in ms; the answer waits for that. */
const ENDING_MS = 1_000;

/** Fields of a request as the wire has them; each vendor knows its own. */
type Fields = Readonly<Record<string, unknown>>;

export interface ChatCompletions {
  readonly provider: string;
  readonly model: string;
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly instructionsRole: 'system' | 'developer';
  /** Longest answer, and the vendor's name for that; thinking needs room beside it. */
  readonly longest: { readonly field: 'max_tokens' | 'max_completion_tokens'; readonly answerTokens: number };
  /** It thinks before it answers. */
  readonly thinks: boolean;
  /** Other fields beside model, messages and tools. The same for the same instructions and tools. */
  readonly fields: (request: LlmRequest) => Fields;
  /** How little the model is to think. Left out from the first time that the vendor refuses it. */
  readonly reasoning: (request: LlmRequest) => Fields;
  /** Changes how answers come before the SDK reads them. */
  readonly mendFetch?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;
  /** Has the server load its model, which it otherwise does while the first caller waits. */
  readonly warmsModel?: boolean;
}

/** A model behind chat completions, OpenAI's wire that others speak too: streamed, with tools, nothing tried twice. */
export function createChatCompletionsLlm(given: ChatCompletions): Llm {
  const { provider, model, apiKey, baseUrl, clock, log, mendFetch = (fetch) => fetch } = given;
  const connections: KeepAliveFetch = createKeepAliveFetch();
  const client = createOpenaiClient({ apiKey, baseUrl, fetch: mendFetch(connections.fetch) });
  const asked = { provider, secrets: [apiKey] };
  const closing = new AbortController();
  const open = new Set<AbortController>();
  let sendsReasoning = true;

  const begin = async (request: LlmRequest, signal: AbortSignal) => {
    const ask = (withReasoning: boolean) =>
      client.chat.completions.create(bodyOf(given, request, withReasoning), { signal });
    const asksWithReasoning = sendsReasoning;
    try {
      return await ask(asksWithReasoning);
    } catch (error) {
      if (!asksWithReasoning || !refusesReasoning(error)) throw error;
      sendsReasoning = false;
      log.warn({ err: chatFault(error, asked), provider, model }, 'the model thinks as it likes');
      return ask(false);
    }
  };

  async function* answer(request: LlmRequest, signal: AbortSignal): AsyncGenerator<LlmEvent> {
    const reading = createChatAnswer({ provider, model });
    const ending = new AbortController();
    let cancelEnding: (() => void) | null = null;
    let failure: unknown = null;
    try {
      const until = AbortSignal.any([signal, ending.signal]);
      for await (const chunk of (await begin(request, until)) as AsyncIterable<ChatChunk>) {
        for (const event of reading.read(chunk)) {
          if (signal.aborted) return;
          yield event;
        }
        if (!reading.isFinished) continue;
        const end = () => ending.abort(new Error('the answer is whole'));
        cancelEnding ??= clock.at(clock.nowMs() + ENDING_MS, end);
      }
      if (!reading.isFinished) throw new AnswerFault('the answer ended before it was whole');
    } catch (error) {
      failure = error;
    } finally {
      cancelEnding?.();
    }
    if (signal.aborted) return;
    // What was billed was billed, though the answer broke off.
    yield* reading.usage();
    if (failure === null) return;
    if (!reading.isFinished || failure instanceof AnswerFault) throw chatFault(failure, asked);
    log.debug({ err: chatFault(failure, asked), provider }, 'the connection broke after a whole answer');
  }

  const closed = () =>
    new ProviderError('unavailable', `${provider}: the model is closed`, { provider, retryable: false });

  return {
    provider,
    model,
    async warm() {
      if (closing.signal.aborted) throw closed();
      if (given.warmsModel) await loadModel(client, given, closing.signal);
      else await warmOpenai(client, { ...asked, signal: closing.signal });
    },
    async *stream(request, { signal }) {
      if (signal.aborted) return;
      if (closing.signal.aborted) throw closed();
      const work = new AbortController();
      const abort = () => work.abort(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      open.add(work);
      try {
        yield* answer(request, work.signal);
        if (closing.signal.aborted && !signal.aborted) throw closed();
      } finally {
        signal.removeEventListener('abort', abort);
        open.delete(work);
        // The consumer may have left in mid-answer.
        work.abort(new Error('the answer is over'));
      }
    },
    async close() {
      closing.abort(closed());
      for (const work of open) work.abort(closing.signal.reason);
      await connections.close();
    },
  };
}

function bodyOf(
  given: ChatCompletions,
  request: LlmRequest,
  sendsReasoning: boolean,
): ChatCompletionCreateParamsStreaming {
  const { longest, thinks } = given;
  const tools = chatTools(request.tools);
  return {
    model: given.model,
    messages: [...chatMessages(request, given.instructionsRole)],
    ...(tools.length === 0 ? {} : { tools }),
    stream: true,
    stream_options: { include_usage: true },
    [longest.field]: longest.answerTokens + (thinks || !sendsReasoning ? THINKING_TOKENS : 0),
    ...given.fields(request),
    ...(sendsReasoning ? given.reasoning(request) : {}),
  };
}

/** One token of an answer, for which the server must load its model. */
async function loadModel(client: OpenAI, given: ChatCompletions, signal: AbortSignal): Promise<void> {
  const { provider, model, apiKey } = given;
  try {
    await client.chat.completions.create(
      { model, messages: [{ role: 'user', content: 'Hello.' }], max_tokens: 1 },
      { signal },
    );
  } catch (error) {
    if (!signal.aborted) throw chatFault(error, { provider, secrets: [apiKey] });
  }
}
