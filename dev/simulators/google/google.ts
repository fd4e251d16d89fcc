import { hasBearerKey } from '../chat/bearer-key.ts';
import type { ChatDialect } from '../chat/chat-dialect.ts';
import { chatRoutes } from '../chat/chat-routes.ts';
import type { SimulatedVendor } from '../simulated-vendor.ts';
import { googleError } from './google-error.ts';

const EFFORTS = ['high', 'low', 'medium', 'none'];

/** Gemini's dialect: whole calls without an index, `stop` after them, usage on every chunk, errors in a list. */
const googleChat: ChatDialect = {
  owner: 'google',
  models: ['models/gemini-3.5-flash-lite', 'models/gemini-3.8-flash'],
  idPrefix: '',
  error: (status, message) => googleError(status, message),
  refusal({ model, reasoning_effort: effort }) {
    if (model.startsWith('missing')) {
      return googleError(404, `models/${model} is not found for API version v1main.`);
    }
    if (effort !== undefined && !EFFORTS.includes(effort)) {
      return googleError(400, `Invalid reasoning_effort: ${effort}. Valid values are: ${EFFORTS.join(', ')}`);
    }
    if (effort === 'none' && model.includes('-pro')) {
      return googleError(400, 'Budget 0 is invalid. This model only works in thinking mode.');
    }
    return null;
  },
  chunkFields: () => ({}),
  firstDelta: null,
  thinking: () => [],
  word: (content) => ({ role: 'assistant', content }),
  // Source: python-genai#2868: no index, empty ids; the signature is Gemini 3's alone.
  call: ({ name, argumentsJson }, { model }) => [
    {
      role: 'assistant',
      tool_calls: [
        {
          id: '',
          type: 'function',
          function: { name, arguments: argumentsJson },
          ...(model.startsWith('gemini-2')
            ? {}
            : { extra_content: { google: { thought_signature: 'c2lnbmVk' } } }),
        },
      ],
    },
  ],
  finishOfCalls: 'stop',
  usageOn: 'every',
  usage: ({ prompt, written, thought }) => ({
    prompt_tokens: prompt,
    completion_tokens: written,
    total_tokens: prompt + written + thought,
  }),
};

/** Google's OpenAI-compatible endpoint. It takes every key but `wrong`, which it refuses by 400. */
export const simulatedGoogle: SimulatedVendor = {
  name: 'google',
  isAuthorised: hasBearerKey,
  refuse(status) {
    if (status === 401) {
      return googleError(400, 'API key not valid. Please pass a valid API key.', {
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'API_KEY_INVALID',
            domain: 'googleapis.com',
          },
        ],
      });
    }
    if (status === 429) {
      return googleError(429, 'You exceeded your current requests per minute.', {
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12s' }],
      });
    }
    return googleError(status, `Refused with ${status}.`);
  },
  routes: chatRoutes(googleChat),
};
