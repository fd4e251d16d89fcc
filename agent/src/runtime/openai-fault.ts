import { APIConnectionTimeoutError, APIError } from 'openai';
import { ProviderError, type ProviderErrorCode } from './provider-error.ts';

/** Error codes and types with which a vendor says that the money is used up: asking again does not help. */
const SPENT = /insufficient_quota|credit_balance|spend_limit|usage_limit|billing/;

/** Characters of a vendor's own words that are passed on. */
const LONGEST_DETAIL = 300;

/**
 * What became of a request that was made with the openai SDK, whatever was thrown: the connection, an HTTP status, a
 * stream that was cut, an answer that is no JSON. Never holds a key: a refused one is quoted by some servers.
 */
export function openaiFault(error: unknown, asked: { readonly provider: string }): ProviderError {
  if (error instanceof ProviderError) return error;
  const { provider } = asked;
  const fault = (code: ProviderErrorCode, text: string, retryable: boolean, cause: unknown = error) =>
    new ProviderError(code, `${provider}: ${text}`, { provider, retryable, cause });
  if (error instanceof APIConnectionTimeoutError) return fault('timeout', 'gave no answer in time', true);
  if (error instanceof APIError && error.status !== undefined) {
    const { code, retryable } = verdictOnStatus(error.status, `${error.type ?? ''} ${error.code ?? ''}`);
    if (code === 'auth') return fault(code, `refuses the key (HTTP ${error.status})`, retryable, undefined);
    return fault(code, `HTTP ${error.status}: ${detailOf(error.error) ?? error.message}`, retryable);
  }
  if (error instanceof SyntaxError) return fault('protocol', 'the answer is no JSON', true);
  const message = error instanceof Error ? error.message : String(error);
  return fault('unavailable', `the connection failed (${message})`, true);
}

/** Source: the vendors' error pages; 402 and a 429 of these kinds are ends of money, not of patience. */
function verdictOnStatus(status: number, kind: string): { code: ProviderErrorCode; retryable: boolean } {
  if (status === 401 || status === 403) return { code: 'auth', retryable: false };
  if (status === 402) return { code: 'rate_limit', retryable: false };
  if (status === 429) return { code: 'rate_limit', retryable: !SPENT.test(kind) };
  if (status === 408 || status === 504) return { code: 'timeout', retryable: true };
  if (status >= 500) return { code: 'unavailable', retryable: true };
  return { code: 'bad_request', retryable: false };
}

function detailOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('message' in body)) return null;
  return typeof body.message === 'string' ? body.message.slice(0, LONGEST_DETAIL) : null;
}
