import { useEffect, useState } from 'react';
import type { Clock } from '../runtime/clock.ts';

/** The clock's time, rendered anew each second while `isRunning`. */
export function useNow(clock: Clock, isRunning: boolean): number {
  const [nowMs, setNowMs] = useState(clock.nowMs);
  useEffect(() => {
    if (!isRunning) return;
    let cancel = () => {};
    const tick = () => {
      setNowMs(clock.nowMs());
      cancel = clock.at(clock.nowMs() + 1_000, tick);
    };
    tick();
    return () => cancel();
  }, [clock, isRunning]);
  return nowMs;
}
