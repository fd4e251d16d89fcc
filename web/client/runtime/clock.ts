/** The page's only door to time. Instants are milliseconds of a monotonic clock with a zero of its own. */
export interface Clock {
  nowMs(): number;
  /** Calls `fire` once, at or soon after `atMs`. Returns its cancel. */
  at(atMs: number, fire: () => void): () => void;
}

/** The zero of the browser's clock, in ms since 1970: another page of the tab has another one. */
export function browserClockZeroEpochMs(): number {
  return performance.timeOrigin;
}

/** A clock that runs with the browser's monotonic clock. */
export function createBrowserClock(): Clock {
  const nowMs = () => performance.now();
  return {
    nowMs,
    at(atMs, fire) {
      const timer = setTimeout(fire, Math.max(0, atMs - nowMs()));
      return () => clearTimeout(timer);
    },
  };
}
