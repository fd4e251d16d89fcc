import { APIConnectionError, APIError } from 'openai';
import { openaiFault } from '../runtime/openai-fault.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { refusalError } from '../runtime/vendor-socket-refusal.ts';
import { AnswerFault } from './chat-answer.ts';

const TOO_MANY = /rate_limit|slow_down|RESOURCE_EXHAUSTED/i;

/** What became of a request for an answer, whatever was thrown. */
export function chatFault(
  error: unknown,
  asked: { readonly provider: string; readonly secrets: readonly string[] },
): ProviderError {
  const { provider, secrets } = asked;
  if (error instanceof AnswerFault) {
    return new ProviderError('protocol', `${provider}: ${error.message}`, { provider, retryable: true });
  }
  if (!(error instanceof APIError) || error instanceof APIConnectionError || error.status !== undefined)
    return openaiFault(error, asked);
  const said = JSON.stringify(error.error ?? error.message);
  return refusalError(provider, { status: statusInStream(error, said), headers: {}, body: said }, secrets);
}

/** Whether a vendor refused how much the model is to think, which each model takes in its own way. */
export function refusesReasoning(error: unknown): boolean {
  if (!(error instanceof APIError) || error.status !== 400) return false;
  return /reasoning|thinking/i.test(JSON.stringify(error.error ?? error.message));
}

/** An error in a stream that had begun has no status, but perhaps one in its words. */
function statusInStream(error: APIError, said: string): number {
  const code = Number(error.code);
  if (Number.isInteger(code) && code >= 400 && code < 600) return code;
  return TOO_MANY.test(said) ? 429 : 500;
}
