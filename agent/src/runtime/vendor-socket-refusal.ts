import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { wallClockEpochMs } from './clock.ts';
import { ProviderError, type ProviderErrorCode } from './provider-error.ts';

/** An HTTP answer that is not what was asked for: a refused handshake, or a refused request. */
export interface VendorRefusal {
  readonly status: number;
  /** With lower case names. */
  readonly headers: IncomingHttpHeaders;
  /** What it says, as text. */
  readonly body: string;
}

/** A reason longer than this, in characters, is a page of HTML and no reason. */
const LONGEST_REASON = 300;
/** What of a body is read, in bytes. */
const MOST_BODY_BYTES = 4 * 1024;
/** A code by which a vendor tells that credit or quota is used up; it comes with 401, 402 or 429. */
const USED_UP = /quota_exceeded|insufficient_quota|insufficient_credits|spending limit/i;

/** By which Google and xAI tell of a wrong key, with status 400. */
const WRONG_KEY = /API_KEY_INVALID|API key not valid|Incorrect API key provided/i;

/**
 * The error that a refusal means, told by its status and by what its body says of quotas. `secrets` are cut out of
 * what the vendor says, which may quote the key that it refuses.
 */
export function refusalError(
  provider: string,
  refusal: VendorRefusal,
  secrets: readonly string[] = [],
): ProviderError {
  const { status, headers, body } = refusal;
  const { code, retryable } = meaningOf(status, body);
  const reason = reasonOf(body, secrets);
  const message = `${provider} refused with HTTP ${status}${reason === '' ? '' : `: ${reason}`}`;
  return new ProviderError(code, message, { provider, retryable, retryAfterMs: retryAfterMs(headers) });
}

/** Reads what a vendor answers instead of the handshake that was asked for. Rejects where it is cut off. */
export async function readRefusal(response: IncomingMessage): Promise<VendorRefusal> {
  const chunks: Buffer[] = [];
  let length = 0;
  // A vendor that goes silent in the body is ended by the deadline of the handshake.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MOST_BODY_BYTES) break;
  }
  const body = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

function meaningOf(
  status: number,
  body: string,
): { readonly code: ProviderErrorCode; readonly retryable: boolean } {
  if (status === 402 || USED_UP.test(body)) return { code: 'rate_limit', retryable: false };
  if (status === 401 || status === 403 || (status === 400 && WRONG_KEY.test(body)))
    return { code: 'auth', retryable: false };
  if (status === 429) return { code: 'rate_limit', retryable: true };
  if (status === 408) return { code: 'timeout', retryable: true };
  if (status >= 500) return { code: 'unavailable', retryable: true };
  if (status >= 400) return { code: 'bad_request', retryable: false };
  return { code: 'protocol', retryable: true };
}

/** What a vendor says in words, in one line. */
function reasonOf(body: string, secrets: readonly string[]): string {
  const line = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '…'), body)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON)}…`;
}

/** `Retry-After` in seconds or as a date, or OpenAI's `Retry-After-Ms`. Null where there is none that can be read. */
function retryAfterMs(headers: IncomingHttpHeaders): number | null {
  const ms = Number.parseFloat(String(headers['retry-after-ms'] ?? ''));
  if (ms >= 0) return ms;
  const value = headers['retry-after'];
  if (value === undefined) return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number.parseFloat(value) * 1000;
  const atEpochMs = Date.parse(value);
  return Number.isNaN(atEpochMs) ? null : Math.max(0, atEpochMs - wallClockEpochMs());
}
