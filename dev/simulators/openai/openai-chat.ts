import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { CompletionUsage } from 'openai/resources/completions';
import type { ChatDialect } from '../chat/chat-dialect.ts';
import { openaiError } from './openai-error.ts';

type ChunkDelta = ChatCompletionChunk.Choice.Delta;

/** The wire of OpenAI. Sources: resources/chat/completions/completions.d.ts of the SDK; refusals as their issues quote them. */
export const openaiChat: ChatDialect = {
  owner: 'openai',
  models: ['gpt-6-luna', 'gpt-4.1-mini', 'gpt-4o', 'o3'],
  idPrefix: 'chatcmpl-',
  error: openaiError,
  refusal({ model, tools, reasoning_effort: effort, temperature, max_tokens: maxTokens }) {
    if (model.startsWith('missing')) {
      const message = `The model \`${model}\` does not exist or you do not have access to it.`;
      return openaiError(404, message, { code: 'model_not_found' });
    }
    const isReasoning = /^(o\d|gpt-[5-9])/.test(model);
    if (isReasoning && maxTokens !== undefined) {
      const message = `Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.`;
      return openaiError(400, message, { code: 'unsupported_parameter', param: 'max_tokens' });
    }
    if (isReasoning && temperature !== undefined && temperature !== 1) {
      const message = `Unsupported value: 'temperature' does not support ${temperature} with this model. Only the default (1) value is supported.`;
      return openaiError(400, message, { code: 'unsupported_value', param: 'temperature' });
    }
    if (!isReasoning && effort !== undefined) {
      const message = 'Unrecognized request argument supplied: reasoning_effort';
      return openaiError(400, message, { param: 'reasoning_effort' });
    }
    // Source: livekit/agents#7169: the newer models refuse tools unless told not to think.
    if (/^gpt-(5\.6|[6-9])/.test(model) && tools.length > 0 && effort !== 'none') {
      const message = `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`;
      return openaiError(400, message, { param: 'reasoning_effort' });
    }
    return null;
  },
  chunkFields: ({ stream_options: options }) => ({
    service_tier: 'default',
    system_fingerprint: null,
    ...(options?.include_obfuscation === false ? {} : { obfuscation: 'x1Y2' }),
  }),
  firstDelta: { role: 'assistant', content: '', refusal: null } satisfies ChunkDelta,
  thinking: () => [],
  word: (content) => ({ content }) satisfies ChunkDelta,
  call({ id, index, name, argumentsJson }) {
    const pieces = argumentsJson.match(/[\s\S]{1,8}/gu) ?? [];
    return [
      {
        tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
      } satisfies ChunkDelta,
      ...pieces.map(
        (piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] }) satisfies ChunkDelta,
      ),
    ];
  },
  finishOfCalls: 'tool_calls',
  usageOn: 'last',
  usage: ({ prompt, cached, written, thought }) =>
    ({
      prompt_tokens: prompt,
      completion_tokens: written + thought,
      total_tokens: prompt + written + thought,
      prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: thought,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    }) satisfies CompletionUsage,
};
