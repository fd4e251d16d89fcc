import type { Clock } from './clock.ts';

/** A clock for tests: time stands still until `advance` moves it, firing what is due in order. */
export interface VirtualClock extends Clock {
  /** Moves time on, timer by timer, letting promises settle after each. */
  advance(ms: number): Promise<void>;
  readonly pendingTimers: number;
}

export function createVirtualClock(startMs = 0): VirtualClock {
  let now = startMs;
  let nextId = 0;
  const timers = new Map<number, { atMs: number; fire: () => void }>();
  // Runs when no promise has anything left to do, however long the chain.
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    nowMs: () => now,
    at(atMs, fire) {
      const id = nextId++;
      timers.set(id, { atMs, fire });
      return () => void timers.delete(id);
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        let due: [number, { atMs: number; fire: () => void }] | undefined;
        for (const entry of timers)
          if (entry[1].atMs <= until && (!due || entry[1].atMs < due[1].atMs)) due = entry;
        if (!due) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].atMs);
        due[1].fire();
        await settle();
      }
      now = until;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}
