import type { Logger } from 'pino';

/**
 * Sends one thing after another without keeping anyone waiting. While one is on its way, what comes for the same key
 * is merged, so that a slow network gets fewer and larger updates.
 */
export interface SerialLane<Job> {
  put(key: string, job: Job): void;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
  /** Drops what waits and takes nothing more. */
  close(): void;
}

export function createSerialLane<Job>(options: {
  /** For the log: what is sent here. */
  readonly name: string;
  /** Keys that may wait; beyond, the oldest is dropped. */
  readonly capacity: number;
  readonly send: (key: string, job: Job) => Promise<void>;
  readonly merge: (earlier: Job, later: Job) => Job;
  readonly log: Logger;
}): SerialLane<Job> {
  const { name, capacity, send, merge, log } = options;
  const waiting = new Map<string, Job>();
  let running: Promise<void> | null = null;
  let isClosed = false;
  let failures = 0;

  const run = async () => {
    for (let next = waiting.entries().next(); !next.done; next = waiting.entries().next()) {
      const [key, job] = next.value;
      waiting.delete(key);
      try {
        await send(key, job);
        if (failures > 0) log.info({ failures }, `${name} is sent again`);
        failures = 0;
      } catch (error) {
        failures += 1;
        // Once an outage; the rest of it would say the same.
        if (failures === 1 && !isClosed) log.warn({ err: error }, `${name} could not be sent`);
      }
    }
    running = null;
  };

  return {
    put(key, job) {
      if (isClosed) return;
      const earlier = waiting.get(key);
      waiting.set(key, earlier === undefined ? job : merge(earlier, job));
      if (waiting.size > capacity) {
        const [oldest] = waiting.keys();
        if (oldest !== undefined) waiting.delete(oldest);
        log.warn({ key: oldest }, `${name} waits too long and was dropped`);
      }
      running ??= run();
    },
    async idle() {
      await running;
    },
    close() {
      isClosed = true;
      waiting.clear();
    },
  };
}
