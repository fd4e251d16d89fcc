import type { LlmEvent } from './contract.ts';
import { createInlineThinking } from './inline-thinking.ts';
import { createToolCallPieces, type ToolCallPiece } from './tool-call-pieces.ts';

/** A chunk of a streamed answer, as far as it is read. Thinking, which some vendors stream beside it, is not. */
export interface ChatChunk {
  readonly id?: string | null;
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly refusal?: string | null;
      readonly tool_calls?: readonly ToolCallPiece[] | null;
    } | null;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: ChatUsage | null;
}

interface ChatUsage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
}

/** What is wrong with an answer that its vendor took for good. */
export class AnswerFault extends Error {
  override readonly name = 'AnswerFault';
}

/** Reads one streamed answer. */
export interface ChatAnswer {
  /** What the chunk gives. Throws AnswerFault where it finishes an answer that cannot be used. */
  read(chunk: ChatChunk): readonly LlmEvent[];
  /** What was billed, as far as the vendor told: at most one event. */
  usage(): readonly LlmEvent[];
  /** The vendor said that the answer is whole. */
  readonly isFinished: boolean;
}

export function createChatAnswer(billedTo: {
  readonly provider: string;
  readonly model: string;
}): ChatAnswer {
  let id = '';
  let usage: ChatUsage | null = null;
  let isFinished = false;
  let gaveText = false;
  const thinking = createInlineThinking();
  const pieces = createToolCallPieces({ answerId: () => id });

  /** A stream ends with `stop` where Gemini asks for a tool, so the calls that came count, not the reason. */
  const finish = (reason: string): LlmEvent[] => {
    isFinished = true;
    const calls = pieces.calls();
    if (calls.length === 0 && !gaveText)
      throw new AnswerFault(`the answer is empty (finish_reason ${reason})`);
    return calls.map(({ id: toolCallId, name, argumentsJson }) => {
      if (name === '') throw new AnswerFault('a tool call has no name');
      if (!isJsonObject(argumentsJson))
        throw new AnswerFault(`the arguments of ${name} are not a JSON object`);
      return { type: 'toolCall', toolCallId, name, argumentsJson };
    });
  };

  return {
    read(chunk) {
      id ||= chunk.id ?? '';
      usage = chunk.usage ?? usage;
      const choice = chunk.choices?.[0];
      if (choice === undefined || isFinished) return [];
      const said = thinking.push(`${choice.delta?.content ?? ''}${choice.delta?.refusal ?? ''}`);
      const text = choice.finish_reason ? said + thinking.flush() : said;
      gaveText ||= text.trim() !== '';
      for (const piece of choice.delta?.tool_calls ?? []) pieces.add(piece);
      return [
        ...(text === '' ? [] : [{ type: 'text' as const, text }]),
        ...(choice.finish_reason ? finish(choice.finish_reason) : []),
      ];
    },
    usage: () => (usage === null ? [] : [usageEvent(billedTo, usage)]),
    get isFinished() {
      return isFinished;
    },
  };
}

function usageEvent(
  billedTo: { readonly provider: string; readonly model: string },
  usage: ChatUsage,
): LlmEvent {
  const { prompt_tokens: inputTokens = 0, completion_tokens: written = 0, total_tokens: total = 0 } = usage;
  const cached = usage.prompt_tokens_details?.cached_tokens;
  return {
    type: 'usage',
    ...billedTo,
    inputTokens,
    ...(typeof cached === 'number' ? { cachedInputTokens: cached } : {}),
    // xAI and Google count thinking, which is billed as output, in the total alone.
    outputTokens: Math.max(written, total - inputTokens),
  };
}

function isJsonObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
