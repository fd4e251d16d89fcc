/**
 * The server's only door to time. Instants are milliseconds of a monotonic clock with a zero of its own; nothing
 * outside `runtime/` uses timers or reads a clock.
 */
export interface Clock {
  nowMs(): number;
  /** Calls `fire` once, at or soon after `atMs`. Returns its cancel. */
  at(atMs: number, fire: () => void): () => void;
}

/** A clock that runs with the process's monotonic clock. */
export function createMonotonicClock(): Clock {
  const nowMs = () => performance.now();
  return {
    nowMs,
    at(atMs, fire) {
      const timer = setTimeout(fire, Math.max(0, atMs - nowMs()));
      return () => clearTimeout(timer);
    },
  };
}

/** The wall clock, in s since 1970: for what leaves the process and outlives it, never for durations. */
export function wallClockEpochS(): number {
  return Math.floor(Date.now() / 1000);
}

/** The same in ms. */
export function wallClockEpochMs(): number {
  return Date.now();
}

/** The UTC month of an instant of the wall clock, as `YYYY/MM`. */
export function utcMonthOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 7).replace('-', '/');
}

/** An instant of the wall clock in ISO 8601, UTC. */
export function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Resolves after whatever waits for this process now: between the parts of long work. */
export function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Whether `promise` settles within `ms`. */
export function settlesWithin(clock: Clock, promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.at(clock.nowMs() + ms, () => resolve(false));
    const settle = () => {
      cancel();
      resolve(true);
    };
    promise.then(settle, settle);
  });
}
