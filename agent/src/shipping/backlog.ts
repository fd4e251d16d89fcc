import type { Clock } from '../runtime/clock.ts';

/** Lines that are no commit wait for others, this long at the most and until they are so many. */
const BATCH_WAIT_MS = 1_000;
const BATCH_LINES = 200;

/** What of a journal waits to be shipped, and since when. */
export interface Backlog {
  /** The journal has every line before `nextSeq`. */
  grown(nextSeq: number, isCommit: boolean): void;
  /** No line follows. */
  ended(): void;
  /** The server has every line before `seq`. Where there are more, those have waited since `oldestLeftAtMs`, or since before. */
  confirmed(seq: number, oldestLeftAtMs: number | null): void;
  /** Resolves when it is time for a shipment: at once for a commit, for the first lines and after the end. */
  due(signal: AbortSignal): Promise<void>;
  /** Resolves when no line follows. */
  end(signal: AbortSignal): Promise<void>;
  readonly isEnded: boolean;
  readonly lines: number;
  /** By the clock; null where nothing waits. */
  readonly oldestAtMs: number | null;
}

export function createBacklog(clock: Clock, fromSeq: number): Backlog {
  let confirmedSeq = fromSeq;
  let nextSeq = fromSeq;
  /** Everything before it is shipped at once. */
  let urgentSeq = 0;
  let oldestAtMs: number | null = null;
  let isEnded = false;
  let wake = () => {};

  const dueAtMs = (): number => {
    if (isEnded || urgentSeq > confirmedSeq || nextSeq - confirmedSeq >= BATCH_LINES) return 0;
    return oldestAtMs === null ? Number.POSITIVE_INFINITY : oldestAtMs + BATCH_WAIT_MS;
  };

  const change = (signal: AbortSignal, untilMs: number) =>
    new Promise<void>((resolve, reject) => {
      const over = () => {
        cancel();
        signal.removeEventListener('abort', give);
      };
      const give = () => {
        over();
        reject(signal.reason);
      };
      wake = () => {
        over();
        resolve();
      };
      const cancel = Number.isFinite(untilMs) ? clock.at(untilMs, () => wake()) : () => {};
      signal.addEventListener('abort', give, { once: true });
    });

  const until = async (signal: AbortSignal, atMs: () => number) => {
    for (;;) {
      signal.throwIfAborted();
      if (atMs() <= clock.nowMs()) return;
      await change(signal, atMs());
    }
  };

  return {
    grown(seq, isCommit) {
      nextSeq = seq;
      oldestAtMs ??= clock.nowMs();
      if (isCommit || confirmedSeq === 0) urgentSeq = seq;
      wake();
    },
    ended() {
      isEnded = true;
      wake();
    },
    confirmed(seq, oldestLeftAtMs) {
      confirmedSeq = seq;
      nextSeq = Math.max(nextSeq, seq);
      oldestAtMs = nextSeq > seq ? (oldestLeftAtMs ?? oldestAtMs ?? clock.nowMs()) : null;
    },
    due: (signal) => until(signal, dueAtMs),
    end: (signal) => until(signal, () => (isEnded ? 0 : Number.POSITIVE_INFINITY)),
    get isEnded() {
      return isEnded;
    },
    get lines() {
      return nextSeq - confirmedSeq;
    },
    get oldestAtMs() {
      return oldestAtMs;
    },
  };
}
