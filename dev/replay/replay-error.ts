/** Why a replay could not be done, or that it came out otherwise. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly code: 'misuse' | 'no_journal' | 'different';

  constructor(code: ReplayError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
