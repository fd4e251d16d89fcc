import { APIConnectionTimeoutError, APIError } from 'openai';
import { ProviderError, type ProviderErrorCode } from './provider-error.ts';
import { unsendableKeyError } from './unsendable-key.ts';
import { refusalError } from './vendor-socket-refusal.ts';

/**
 * What became of a request that was made with the openai SDK, whatever was thrown: the connection, an HTTP status, a
 * stream that was cut, an answer that is no JSON. Holds no key: `secrets` are cut out of what the server says.
 */
export function openaiFault(
  error: unknown,
  asked: { readonly provider: string; readonly secrets: readonly string[] },
): ProviderError {
  if (error instanceof ProviderError) return error;
  const { provider, secrets } = asked;
  const unsendable = unsendableKeyError(provider, secrets);
  if (unsendable !== null) return unsendable;
  const fault = (code: ProviderErrorCode, text: string) =>
    new ProviderError(code, `${provider}: ${text}`, { provider, retryable: true, cause: error });
  if (error instanceof APIConnectionTimeoutError) return fault('timeout', 'no answer came in time');
  if (error instanceof APIError && error.status !== undefined) {
    const headers = Object.fromEntries((error.headers as Headers | undefined)?.entries() ?? []);
    const body = error.error === undefined ? error.message : JSON.stringify(error.error);
    return refusalError(provider, { status: error.status, headers, body }, secrets);
  }
  if (error instanceof SyntaxError) return fault('protocol', 'the answer is no JSON');
  const message = error instanceof Error ? error.message : String(error);
  return fault('unavailable', `the connection failed (${message})`);
}
