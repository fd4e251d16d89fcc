/**
 * The only door to time. Instants are milliseconds of a monotonic clock whose zero is the owner's choice
 * (for a call: the call clock). Nothing outside `runtime/` uses timers or reads a clock.
 */
export interface Clock {
  nowMs(): number;
  /** Calls `fire` once, at or soon after `atMs`; a past instant fires on a later tick. Returns its cancel. */
  at(atMs: number, fire: () => void): () => void;
}

/** A clock that reads `zeroMs` now and runs with the process's monotonic clock. */
export function createMonotonicClock(zeroMs = 0): Clock {
  const origin = performance.now() - zeroMs;
  const nowMs = () => performance.now() - origin;
  return {
    nowMs,
    at(atMs, fire) {
      // Timers of Node count whole milliseconds and may be up to two early.
      const fireIfDue = () => {
        const remainingMs = atMs - nowMs();
        if (remainingMs > 0) timer = setTimeout(fireIfDue, remainingMs);
        else fire();
      };
      let timer = setTimeout(fireIfDue, Math.max(0, atMs - nowMs()));
      return () => clearTimeout(timer);
    },
  };
}

/** The wall clock, in ms since 1970: read once a call, for its anchor; never for durations. */
export function wallClockEpochMs(): number {
  return Date.now();
}

/** The UTC month of an instant of the wall clock, as `2026` and `11`. */
export function utcMonthOf(epochMs: number): { readonly year: string; readonly month: string } {
  const [year = '', month = ''] = new Date(epochMs).toISOString().split('-');
  return { year, month };
}

/** Resolves after `ms`; rejects with `signal.reason` at once when aborted. */
export function delay(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.at(clock.nowMs() + ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
