import type { IdleStep } from '@parley/contracts/pipeline-settings';

/** How long nobody has said anything. The count stands still while the agent speaks, thinks or runs a tool. */
export interface Idle {
  /** Counted before the present stretch, in ms. */
  readonly countedMs: number;
  /** Start of the present stretch of the call clock; null while the count stands still. */
  readonly sinceMs: number | null;
  /** Steps taken since the count began. */
  readonly stepsTaken: number;
}

export const NOT_IDLE: Idle = { countedMs: 0, sinceMs: null, stepsTaken: 0 };

/** Somebody said something, or the agent did of its own accord: the count begins anew. */
export function restartIdle(idle: Idle, atMs: number): Idle {
  return { countedMs: 0, sinceMs: idle.sinceMs === null ? null : atMs, stepsTaken: 0 };
}

export function runIdle(idle: Idle, runs: boolean, atMs: number): Idle {
  if (runs === (idle.sinceMs !== null)) return idle;
  if (idle.sinceMs === null) return { ...idle, sinceMs: atMs };
  return { ...idle, countedMs: idle.countedMs + (atMs - idle.sinceMs), sinceMs: null };
}

/** When the next step is due, or null. */
export function idleWakeAtMs(idle: Idle, steps: readonly IdleStep[]): number | null {
  const step = steps[idle.stepsTaken];
  if (step === undefined || idle.sinceMs === null) return null;
  return idle.sinceMs + Math.max(0, step.afterMs - idle.countedMs);
}
