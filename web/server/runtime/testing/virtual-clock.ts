import type { Clock } from '../clock.ts';

/** A clock for tests: time stands still until `advance` moves it, firing what is due in order. */
export interface VirtualClock extends Clock {
  /** Moves time on, timer by timer, letting promises settle after each. */
  advance(ms: number): Promise<void>;
}

export function createVirtualClock(): VirtualClock {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };
  const firstDue = (untilMs: number) =>
    [...timers].filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs)[0];
  return {
    nowMs: () => nowMs,
    at(atMs, fire) {
      const timer = { atMs, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let due = firstDue(untilMs); due !== undefined; due = firstDue(untilMs)) {
        timers.delete(due);
        nowMs = Math.max(nowMs, due.atMs);
        due.fire();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
