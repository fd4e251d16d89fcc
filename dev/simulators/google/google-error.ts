import type { Refusal } from '../simulated-vendor.ts';

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** A list of one error, as Google's OpenAI-compatible endpoint refuses. Source: the issues that quote it. */
export function googleError(
  status: number,
  message: string,
  detail: { readonly details?: readonly Readonly<Record<string, unknown>>[] } = {},
): Refusal {
  const { details } = detail;
  const error = {
    code: status,
    message,
    status: STATUSES[status] ?? 'UNKNOWN',
    ...(details === undefined ? {} : { details }),
  };
  return { status, body: JSON.stringify([{ error }]) };
}
