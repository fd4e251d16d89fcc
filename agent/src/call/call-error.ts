/** A call that could not be begun. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: 'unknown_agent' | 'unsupported_settings';
  constructor(code: CallError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
