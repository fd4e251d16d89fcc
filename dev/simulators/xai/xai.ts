import { hasBearerKey } from '../chat/bearer-key.ts';
import type { ChatDialect } from '../chat/chat-dialect.ts';
import { chatRoutes } from '../chat/chat-routes.ts';
import type { Refusal, SimulatedVendor } from '../simulated-vendor.ts';

/** The error is a string. Source: the issues that quote it. */
const xaiError = (status: number, error: string, code = 'invalid-argument'): Refusal => ({
  status,
  body: JSON.stringify({ code, error }),
});

const takesEffort = (model: string) => /^grok-(4\.[3-9]|[5-9])/.test(model);

/** Grok's dialect: thinking as `reasoning_content`, whole calls with an index. */
const xaiChat: ChatDialect = {
  owner: 'xai',
  models: ['grok-4.3', 'grok-4.20-non-reasoning'],
  idPrefix: '',
  error: (status, message) => xaiError(status, message),
  refusal({ model, reasoning_effort: effort, stop }) {
    if (model.startsWith('missing')) return xaiError(404, `The model ${model} does not exist.`);
    if (effort !== undefined && !takesEffort(model)) {
      return xaiError(400, `Model ${model} does not support parameter reasoningEffort.`);
    }
    if (stop !== undefined && !model.includes('non-reasoning')) {
      return xaiError(400, `Model ${model} does not support parameter stop.`);
    }
    return null;
  },
  chunkFields: () => ({ system_fingerprint: 'fp_simulated' }),
  firstDelta: null,
  thinking: ({ model, reasoning_effort: effort }) =>
    takesEffort(model) && effort !== 'none'
      ? ['The caller ', 'wants an answer.'].map((text) => ({ role: 'assistant', reasoning_content: text }))
      : [],
  word: (content) => ({ role: 'assistant', content }),
  call: ({ id, index, name, argumentsJson }) => [
    {
      role: 'assistant',
      tool_calls: [{ index, id, type: 'function', function: { name, arguments: argumentsJson } }],
    },
  ],
  finishOfCalls: 'tool_calls',
  usageOn: 'last',
  // The thinking is in the total alone.
  usage: ({ prompt, cached, written, thought }) => ({
    prompt_tokens: prompt,
    completion_tokens: written,
    total_tokens: prompt + written + thought,
    prompt_tokens_details: { text_tokens: prompt, audio_tokens: 0, image_tokens: 0, cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: thought, audio_tokens: 0 },
  }),
};

const REFUSALS: Readonly<Record<number, Refusal>> = {
  401: xaiError(
    400,
    'Incorrect API key provided: wr***ng. You can obtain an API key from https://console.x.ai.',
  ),
  429: xaiError(429, 'Too many requests. Please slow down.', 'resource-exhausted'),
};

/** xAI. It takes every key but `wrong`, which it refuses by 400. */
export const simulatedXai: SimulatedVendor = {
  name: 'xai',
  isAuthorised: hasBearerKey,
  refuse: (status) => REFUSALS[status] ?? xaiError(status, `Refused with ${status}.`, 'refused'),
  routes: chatRoutes(xaiChat),
};
