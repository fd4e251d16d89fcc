/** A length of time as a person reads it: `820 ms`, `1.24 s`. What was not measured says so. */
export function latencyWords(ms: number | null): string {
  if (ms === null) return 'not measured';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}
