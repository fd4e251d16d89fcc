import type { SocketExchange } from '../simulated-vendor.ts';

/** Steps of a stream, each not before its time and none before the one before it. */
export interface InOrder {
  after(delayMs: number, step: () => void): void;
  stop(): void;
}

export function createInOrder({ simulation: { clock } }: Pick<SocketExchange, 'simulation'>): InOrder {
  let waiting: readonly { readonly dueAtMs: number; readonly step: () => void }[] = [];
  let cancel = () => {};

  const run = () => {
    for (;;) {
      const [next] = waiting;
      if (next === undefined) return;
      if (next.dueAtMs > clock.nowMs()) {
        cancel();
        cancel = clock.at(next.dueAtMs, run);
        return;
      }
      waiting = waiting.slice(1);
      next.step();
    }
  };
  return {
    after(delayMs, step) {
      const isFirst = waiting.length === 0;
      waiting = [...waiting, { dueAtMs: clock.nowMs() + delayMs, step }];
      if (isFirst) run();
    },
    stop() {
      waiting = [];
      cancel();
    },
  };
}
