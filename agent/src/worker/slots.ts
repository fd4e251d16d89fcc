/** The calls that a process can take, and those that it has: held by job from the moment it says yes. */
export interface Slots {
  readonly capacity: number;
  readonly used: number;
  readonly isFull: boolean;
  /** Takes a slot for a job; the same job has one only. False when none is free. */
  take(jobId: string): boolean;
  /** Gives the slot of a job back; a job without one changes nothing. */
  free(jobId: string): void;
}

export function createSlots(capacity: number): Slots {
  const jobs = new Set<string>();
  return {
    capacity,
    get used() {
      return jobs.size;
    },
    get isFull() {
      return jobs.size >= capacity;
    },
    take(jobId) {
      if (jobs.has(jobId)) return true;
      if (jobs.size >= capacity) return false;
      jobs.add(jobId);
      return true;
    },
    free: (jobId) => void jobs.delete(jobId),
  };
}

/**
 * Load of a worker with nothing free but its last slot, as told to LiveKit. A livekit-server gives no job at all
 * where every worker's load is at its `agents.target_load` or above, which is 0.7 unless set.
 */
const HIGHEST_AVAILABLE_LOAD = 0.65;

/** What LiveKit is told of the slots; it prefers the worker of lower load, and a full one gets nothing. */
export function workerLoad({ used, capacity }: { readonly used: number; readonly capacity: number }): number {
  return used >= capacity ? 1 : (HIGHEST_AVAILABLE_LOAD * used) / capacity;
}
