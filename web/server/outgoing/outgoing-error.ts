/** Why a request to another server was not made, or got no answer. */
export type OutgoingErrorCode =
  | 'bad_url'
  | 'forbidden_scheme'
  | 'forbidden_port'
  | 'forbidden_address'
  | 'name_not_found'
  | 'timeout'
  | 'connection_failed';

/** The message says to the operator what to do; it names no address that a name led to. */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError';
  readonly code: OutgoingErrorCode;
  constructor(code: OutgoingErrorCode, message: string, detail: { readonly cause?: unknown } = {}) {
    super(message, { cause: detail.cause });
    this.code = code;
  }
}
