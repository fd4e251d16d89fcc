/** CLOCK_MONOTONIC of the machine in ms: instants of different processes compare. */
export function monotonicNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
