/** The room could not be joined, a wait was in vain, or the caller could not do what it was asked. */
export class CallerError extends Error {
  override readonly name = 'CallerError';
  readonly code: 'join_failed' | 'timeout' | 'refused' | 'gone';
  constructor(code: CallerError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
