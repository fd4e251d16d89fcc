import { hasBearerKey } from '../chat/bearer-key.ts';
import { chatRoutes } from '../chat/chat-routes.ts';
import { OPENAI_AUDIO_ROUTES } from '../openai-audio/routes.ts';
import type { SimulatedVendor } from '../simulated-vendor.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiError } from './openai-error.ts';

const REFUSALS: Readonly<Record<number, readonly [message: string, code: string]>> = {
  401: ['Incorrect API key provided.', 'invalid_api_key'],
  404: ['Not found.', 'not_found'],
  429: ['Rate limit reached for requests.', 'rate_limit_exceeded'],
  500: ['The server had an error while processing your request.', 'server_error'],
  503: ['The server is overloaded.', 'server_is_overloaded'],
};

/** OpenAI: chat completions, speech and transcription. It takes every key but `wrong`. */
export const simulatedOpenai: SimulatedVendor = {
  name: 'openai',
  isAuthorised: hasBearerKey,
  refuse(status) {
    const [message, code] = REFUSALS[status] ?? [`Refused with ${status}.`, 'refused'];
    return openaiError(status, message, { code });
  },
  routes: [...chatRoutes(openaiChat), ...OPENAI_AUDIO_ROUTES],
};
