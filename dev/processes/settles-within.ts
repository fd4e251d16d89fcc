import type { Clock } from '@parley/agent/runtime/clock';

/** Whether `promise` settles within `ms`; leaves no timer behind once it has. */
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
