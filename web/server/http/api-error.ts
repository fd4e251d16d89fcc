import type { ApiErrorBody, ApiErrorCode } from '@parley/contracts/http-api';

const STATUS = {
  malformed_json: 400,
  invalid_field: 422,
  unknown_agent: 404,
  call_over: 410,
  call_deleted: 410,
  digest_mismatch: 409,
  body_too_large: 413,
  rate_limited: 429,
  host_not_allowed: 403,
  origin_not_allowed: 403,
  access_key_required: 401,
  access_key_wrong: 401,
  login_wrong: 401,
  login_exists: 409,
  scope_missing: 403,
  internal_only: 403,
  unauthorized: 401,
  not_found: 404,
  method_not_allowed: 405,
  call_running: 409,
  recording_not_ready: 409,
  range_not_satisfiable: 416,
  livekit_unavailable: 503,
  database_unavailable: 503,
  recordings_unavailable: 503,
  internal: 500,
} as const satisfies Record<ApiErrorCode, number>;

/** An answer that is not a success. The message says what to do; it is shown to whoever asked. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly status: (typeof STATUS)[ApiErrorCode];
  readonly field: string | undefined;
  /** Further headers of the answer, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    code: ApiErrorCode,
    message: string,
    detail: {
      readonly field?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.status = STATUS[code];
    this.field = detail.field;
    this.headers = detail.headers ?? {};
  }

  toBody(): ApiErrorBody {
    const { code, message, field } = this;
    return { error: { code, message, ...(field === undefined ? {} : { field }) } };
  }
}
