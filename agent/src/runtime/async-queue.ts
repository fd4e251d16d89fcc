/** A bounded queue between one producer and one consumer, read as an `AsyncIterable`. */
export interface AsyncQueue<T> extends AsyncIterable<T> {
  /** Returns false, and keeps nothing, when the queue is full or ended. */
  push(item: T): boolean;
  /** Ends the iteration after what is queued was read. */
  end(): void;
  /** Drops what is queued and makes the iteration throw `reason`. The first reason wins. */
  fail(reason: unknown): void;
  readonly length: number;
}

export function createAsyncQueue<T>(capacity: number): AsyncQueue<T> {
  const items: T[] = [];
  let outcome: { kind: 'open' } | { kind: 'ended' } | { kind: 'failed'; reason: unknown } = { kind: 'open' };
  let wake: (() => void) | undefined;
  const notify = () => {
    wake?.();
    wake = undefined;
  };
  return {
    push(item) {
      if (outcome.kind !== 'open' || items.length >= capacity) return false;
      items.push(item);
      notify();
      return true;
    },
    end() {
      if (outcome.kind === 'open') outcome = { kind: 'ended' };
      notify();
    },
    fail(reason) {
      if (outcome.kind !== 'open') return;
      outcome = { kind: 'failed', reason };
      items.length = 0;
      notify();
    },
    get length() {
      return items.length;
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (outcome.kind === 'failed') throw outcome.reason;
        else if (outcome.kind === 'ended') return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
