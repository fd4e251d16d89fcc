import type { ChatDialect } from '../chat/chat-dialect.ts';
import { chatRoutes } from '../chat/chat-routes.ts';
import type { Refusal, SimulatedVendor } from '../simulated-vendor.ts';

const TYPES: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 404: 'not_found_error' };

/** Source: openai/openai.go of Ollama. */
const ollamaError = (status: number, message: string): Refusal => ({
  status,
  body: JSON.stringify({ error: { message, type: TYPES[status] ?? 'api_error', param: null, code: null } }),
});

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'max', 'xhigh', 'ultra'];

/** Ollama's dialect: thinking as `reasoning`, whole calls with an index, usage of three numbers. */
const ollamaChat: ChatDialect = {
  owner: 'library',
  models: ['llama3.2', 'qwen3'],
  idPrefix: 'chatcmpl-',
  error: (status, message) => ollamaError(status, message),
  refusal({ model, reasoning_effort: effort }) {
    if (model.startsWith('missing'))
      return ollamaError(404, `model "${model}" not found, try pulling it first`);
    if (effort !== undefined && !EFFORTS.includes(effort)) {
      return ollamaError(
        400,
        `invalid reasoning value: '${effort}' (must be "high", "medium", "low", or "none")`,
      );
    }
    return null;
  },
  chunkFields: () => ({ system_fingerprint: 'fp_ollama' }),
  firstDelta: null,
  thinking: ({ model, reasoning_effort: effort }) =>
    model.startsWith('qwen') && effort !== 'none'
      ? ['The caller ', 'wants an answer.'].map((reasoning) => ({
          role: 'assistant',
          content: '',
          reasoning,
        }))
      : [],
  word: (content) => ({ role: 'assistant', content }),
  call: ({ id, index, name, argumentsJson }) => [
    {
      role: 'assistant',
      content: '',
      tool_calls: [{ index, id, type: 'function', function: { name, arguments: argumentsJson } }],
    },
  ],
  finishOfCalls: 'tool_calls',
  usageOn: 'last',
  usage: ({ prompt, written, thought }) => ({
    prompt_tokens: prompt,
    completion_tokens: written + thought,
    total_tokens: prompt + written + thought,
  }),
};

/** An Ollama server, which asks for no key. */
export const simulatedOllama: SimulatedVendor = {
  name: 'ollama',
  isAuthorised: () => true,
  refuse: (status) => ollamaError(status, `refused with ${status}`),
  routes: chatRoutes(ollamaChat),
};
