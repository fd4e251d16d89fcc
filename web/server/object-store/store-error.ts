/**
 * `away`: no answer, or one to try again later. `refused`: the store will not, and its settings or rights have to be looked
 * at. `changed`: what was asked for is there no more, or is another. `not_confirmed`: what lies there is not what was sent.
 */
export type StoreErrorCode = 'away' | 'refused' | 'changed' | 'not_confirmed';

/** Why a store did not do what it was asked for. The message is for the operator, and holds no secret. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, detail: { readonly cause?: unknown } = {}) {
    super(message, { cause: detail.cause });
    this.code = code;
  }
}
