/** What one way to a program came to; `why` is for a person. */
export type Attempt =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missed'; readonly why: string };

/** One way to a program, tried after those before it. */
export interface Way {
  /** For a person, for example `on the PATH`. */
  readonly name: string;
  /** Never rejects but with `signal.reason`. */
  try(signal: AbortSignal): Promise<Attempt>;
}
