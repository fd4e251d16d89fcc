import type { ModelMessage } from '@parley/engine/conversation/model-context';

/** A language model: a context in, a stream of text and tool calls out. */
export interface Llm {
  readonly provider: string;
  /** Name of what answers, as its bill has it. */
  readonly model: string;
  /** Opens connections, so that the first request waits for nothing. */
  warm(): Promise<void>;
  /**
   * Streams one answer. Abort stops the work at the vendor and ends the iteration without a throw; a failure
   * throws ProviderError.
   */
  stream(request: LlmRequest, options: { readonly signal: AbortSignal }): AsyncIterable<LlmEvent>;
  close(): Promise<void>;
}

export interface LlmRequest {
  /** What the agent is and how it speaks: the same for every request of a call, so that vendors may cache it. */
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  /** The script step or flow node that the call is in. */
  readonly node: string;
  /** What the model may ask to be done; empty for none. */
  readonly tools: readonly ToolSpec[];
}

/** A tool as a model is told of it. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type LlmEvent =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'toolCall';
      readonly toolCallId: string;
      readonly name: string;
      /** JSON text of an object. */
      readonly argumentsJson: string;
    }
  /** What was billed since it was last told. A model without tokens tells nothing. */
  | {
      readonly type: 'usage';
      /** Whose bill it is on. */
      readonly provider: string;
      readonly model: string;
      readonly inputTokens: number;
      /** Of these, how many the vendor had cached; absent where it does not tell. */
      readonly cachedInputTokens?: number;
      readonly outputTokens: number;
    };
