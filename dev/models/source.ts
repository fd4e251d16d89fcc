/** What one source came to; `why` is for a person. */
export type Fetched =
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array }
  | { readonly kind: 'missed'; readonly why: string };

/** One place that has a model, tried after those before it. */
export interface Source {
  /** For a person. */
  readonly name: string;
  /** Never rejects but with `signal.reason`. */
  fetch(signal: AbortSignal): Promise<Fetched>;
}
