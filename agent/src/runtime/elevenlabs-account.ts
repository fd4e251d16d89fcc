import { ProviderError, type ProviderErrorCode } from './provider-error.ts';

/** As agent files name it. */
export const ELEVENLABS = 'elevenlabs';

/** What recognition and voice of ElevenLabs have in common, as a provider says it. */
export const ELEVENLABS_ACCESS = {
  name: ELEVENLABS,
  title: 'ElevenLabs',
  key: 'ELEVENLABS_API_KEY',
  baseUrl: { variable: 'ELEVENLABS_BASE_URL', usual: 'https://api.elevenlabs.io' },
} as const;

/** What the vendor's own codes mean, of both stages. Source: its pages on errors and its SDK's message types. */
const MEANINGS: ReadonlyMap<string, readonly [code: ProviderErrorCode, retryable: boolean]> = new Map([
  ['auth_error', ['auth', false]],
  ['invalid_api_key', ['auth', false]],
  ['unaccepted_terms', ['auth', false]],
  ['detected_unusual_activity', ['auth', false]],
  ['quota_exceeded', ['rate_limit', false]],
  ['too_many_concurrent_requests', ['rate_limit', true]],
  ['system_busy', ['rate_limit', true]],
  ['rate_limited', ['rate_limit', true]],
  ['max_active_conversations', ['rate_limit', true]],
  ['invalid_request', ['bad_request', false]],
  ['input_error', ['bad_request', false]],
  ['invalid_input_message', ['bad_request', false]],
  ['chunk_size_exceeded', ['bad_request', false]],
  ['voice_not_found', ['bad_request', false]],
  ['input_timeout_exceeded', ['timeout', true]],
  ['transcriber_error', ['unavailable', true]],
  ['queue_overflow', ['unavailable', true]],
  ['resource_exhausted', ['unavailable', true]],
  ['session_time_limit_exceeded', ['unavailable', true]],
]);

/** The error that a message of the vendor means; a code that is not known counts as a passing fault. */
export function elevenlabsMessageError(code: string, detail: string): ProviderError {
  const [meaning, retryable] = MEANINGS.get(code) ?? ['unavailable', true];
  return elevenlabsError(meaning, `${code}${detail === '' ? '' : `: ${detail.slice(0, 300)}`}`, {
    retryable,
  });
}

/** The error that a close of the vendor means to what was under way. */
export function elevenlabsCloseError(code: number, reason: string): ProviderError {
  const detail = `it closed the socket: ${code}${reason === '' ? '' : ` ${reason}`}`;
  if (code === 1009) return elevenlabsError('bad_request', detail, { retryable: false });
  return elevenlabsError('unavailable', detail);
}

export function elevenlabsError(
  code: ProviderErrorCode,
  message: string,
  detail: { readonly retryable?: boolean; readonly cause?: unknown } = {},
): ProviderError {
  const { retryable = code !== 'bad_request' && code !== 'auth', cause } = detail;
  return new ProviderError(code, `elevenlabs: ${message}`, { provider: ELEVENLABS, retryable, cause });
}
