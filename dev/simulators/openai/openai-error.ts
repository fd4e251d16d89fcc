import type { Refusal } from '../simulated-vendor.ts';

/** Types of OpenAI's errors by status. Source: its page of error codes. */
const TYPES: Readonly<Record<number, string>> = {
  401: 'invalid_request_error',
  429: 'rate_limit_error',
  500: 'server_error',
  503: 'service_unavailable_error',
};

/** `{"error":{message,type,param,code}}`, as OpenAI refuses. */
export function openaiError(
  status: number,
  message: string,
  detail: { readonly code?: string; readonly param?: string | null; readonly type?: string } = {},
): Refusal {
  const { code = null, param = null, type = TYPES[status] ?? 'invalid_request_error' } = detail;
  return {
    status,
    headers: { 'x-request-id': 'req_simulated', ...(status === 429 ? { 'retry-after': '1' } : {}) },
    body: JSON.stringify({ error: { message, type, param, code } }),
  };
}
