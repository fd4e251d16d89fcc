import type { Clock } from '@parley/agent/runtime/clock';

/** Hands bytes on at one a second, in order, until it is stopped. */
export interface Drip {
  push(bytes: Uint8Array): void;
  stop(): void;
}

const INTERVAL_MS = 1_000;

export function createDrip(options: {
  readonly clock: Clock;
  readonly write: (byte: Uint8Array) => void;
}): Drip {
  const { clock, write } = options;
  const waiting: Uint8Array[] = [];
  let offset = 0;
  let cancel: (() => void) | null = null;
  const drop = () => {
    cancel = null;
    const [first] = waiting;
    if (first === undefined) return;
    if (offset < first.length) write(first.subarray(offset, offset + 1));
    offset += 1;
    if (offset >= first.length) {
      waiting.shift();
      offset = 0;
    }
    if (waiting.length > 0) cancel = clock.at(clock.nowMs() + INTERVAL_MS, drop);
  };
  return {
    push(bytes) {
      waiting.push(Uint8Array.from(bytes));
      cancel ??= clock.at(clock.nowMs() + INTERVAL_MS, drop);
    },
    stop() {
      waiting.length = 0;
      cancel?.();
      cancel = null;
    },
  };
}
