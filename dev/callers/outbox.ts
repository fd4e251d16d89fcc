import type { Clock } from '@parley/agent/runtime/clock';

/** Gathers what is to be told and sends it in batches: a message costs more than what it carries. */
export interface Outbox<Item> {
  put(item: Item): void;
  /** Sends at once what waits. */
  flush(): void;
}

/** `everyMs`: the longest that something waits; it is sent in the order in which it was put. */
export function createOutbox<Item>(options: {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly send: (batch: readonly Item[]) => void;
}): Outbox<Item> {
  const { clock, everyMs, send } = options;
  let waiting: Item[] = [];
  let cancelTimer = () => {};
  const flush = () => {
    cancelTimer();
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) send(batch);
  };
  return {
    put(item) {
      if (waiting.push(item) === 1) cancelTimer = clock.at(clock.nowMs() + everyMs, flush);
    },
    flush,
  };
}
