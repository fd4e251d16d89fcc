/** The database cannot be used. The message says why and what to do, and holds no password. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code:
    | 'unreachable'
    | 'login_refused'
    | 'no_such_database'
    | 'not_writable'
    | 'not_a_database'
    | 'newer_schema'
    | 'failed';
  constructor(code: DatabaseError['code'], message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
