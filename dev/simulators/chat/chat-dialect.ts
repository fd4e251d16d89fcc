import type { Refusal } from '../simulated-vendor.ts';
import type { ChatRequest } from './chat-request.ts';

/** How one vendor speaks the wire of chat completions. */
export interface ChatDialect {
  /** `owned_by` of its list of models. */
  readonly owner: string;
  readonly models: readonly string[];
  /** Begins the id of every answer. */
  readonly idPrefix: string;
  /** An error in the vendor's words: of a request, by `code` and the parameter at fault. */
  error(
    status: number,
    message: string,
    detail?: { readonly code?: string; readonly param?: string | null },
  ): Refusal;
  /** What it refuses of a request that is well formed; null for nothing. */
  refusal(request: ChatRequest): Refusal | null;
  /** Fields that every chunk has beside those that all vendors send. */
  readonly chunkFields: (request: ChatRequest) => Readonly<Record<string, unknown>>;
  /** The first delta, before any word; null where there is none. */
  readonly firstDelta: Delta | null;
  /** Deltas of thinking, where the model thinks. */
  thinking(request: ChatRequest): readonly Delta[];
  word(text: string): Delta;
  /** The deltas of one call: whole, or in pieces. */
  call(call: ToldCall, request: ChatRequest): readonly Delta[];
  /** Of an answer with calls. */
  readonly finishOfCalls: 'tool_calls' | 'stop';
  /** Usage on every chunk, or on one of its own at the end where it is asked for. */
  readonly usageOn: 'every' | 'last';
  usage(counts: TokenCounts): Readonly<Record<string, unknown>>;
}

export interface ToldCall {
  readonly id: string;
  /** Its place among the calls of the answer. */
  readonly index: number;
  readonly name: string;
  readonly argumentsJson: string;
}

export type Delta = Readonly<Record<string, unknown>>;

export interface TokenCounts {
  readonly prompt: number;
  readonly cached: number;
  readonly written: number;
  readonly thought: number;
}
