/** What is written cannot be made into a page: the message says what to write where. */
export class DocsError extends Error {
  override readonly name = 'DocsError';
  readonly code:
    | 'comment_missing'
    | 'comment_disagrees'
    | 'phase_not_observed'
    | 'place_unknown'
    | 'prices_faulty';

  constructor(code: DocsError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
