export type ProviderErrorCode =
  | 'auth'
  | 'rate_limit'
  | 'timeout'
  | 'bad_request'
  | 'unavailable'
  | 'protocol';

/** A speech, model or voice provider failed. Callers match on `code`, never on the message. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly provider: string;
  readonly code: ProviderErrorCode;
  /** Whether the same request may succeed on another try or another provider. */
  readonly retryable: boolean;
  /** How long the provider asked to be left alone, in ms and not capped; null where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: ProviderErrorCode,
    message: string,
    detail: { provider: string; retryable: boolean; retryAfterMs?: number | null; cause?: unknown },
  ) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.provider = detail.provider;
    this.retryable = detail.retryable;
    this.retryAfterMs = detail.retryAfterMs ?? null;
  }
}
