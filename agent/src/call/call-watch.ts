import type { JournalHeader } from '@parley/contracts/call-event';
import type { CallRecord } from '@parley/engine/record/call-record';

/** Looks on at one call of this process, for figures and traces. Nothing here waits or throws. */
export interface CallWatch {
  /** The call's record after a step. */
  seen(record: CallRecord): void;
  /** The playout was woken so late, in ms. */
  playoutWoken(lateMs: number): void;
  /** The call is over here, whether or not it ended well. */
  close(): void;
}

/** Begins with the header of a generation's journal. */
export type WatchCall = (header: JournalHeader) => CallWatch;

/** Several watches as one. */
export function watchBy(watches: readonly WatchCall[]): WatchCall {
  return (header) => {
    const open = watches.map((watch) => watch(header));
    return {
      seen: (record) => {
        for (const watch of open) watch.seen(record);
      },
      playoutWoken: (lateMs) => {
        for (const watch of open) watch.playoutWoken(lateMs);
      },
      close: () => {
        for (const watch of open) watch.close();
      },
    };
  };
}
