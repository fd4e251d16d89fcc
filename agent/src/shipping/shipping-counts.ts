/** What a process has shipped and has yet to ship; for its metrics. */
export interface ShippingCounts {
  /** Lines that the server confirmed. */
  readonly shippedLines: number;
  /** Of those, how many stood for a line that was lost. */
  readonly lostLines: number;
  /** Lines that the disk refused, so that only the server has them. */
  readonly unwrittenLines: number;
  readonly uploadedFiles: number;
  /** Shipments and uploads that were refused or found nobody. */
  readonly failures: number;
  /** Lines of the journals under way that are not confirmed. */
  readonly backlogLines: number;
  /** How long the oldest of them has waited, in ms; null where there is none. */
  readonly oldestUnshippedMs: number | null;
}

/** Counts up, for all journals of a process. */
export interface ShippingTally {
  shippedLines: number;
  lostLines: number;
  unwrittenLines: number;
  uploadedFiles: number;
  failures: number;
}

export function createShippingTally(): ShippingTally {
  return { shippedLines: 0, lostLines: 0, unwrittenLines: 0, uploadedFiles: 0, failures: 0 };
}
