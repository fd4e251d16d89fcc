import type { Clock } from '../runtime/clock.ts';

/** How long a page that was just left may take to let go, in ms. */
const RELEASE_MS = 1_500;

/** Sees to it that one tab at a time is in a call: a tab that is doubled takes a copy of what was kept with it. */
export interface RejoinLock {
  /** Whether the call is this page's now, until `release` or the page's end. */
  hold(name: string): Promise<boolean>;
  release(): void;
}

/** By Web Locks, which the browser takes from a page that ends, however it ends. Without them no page returns. */
export function createRejoinLock({
  locks,
  clock,
}: {
  /** Undefined where the page is not secure. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  readonly clock: Clock;
}): RejoinLock {
  let release = () => {};
  return {
    hold(name) {
      release();
      if (!locks) return Promise.resolve(false);
      const waiting = new AbortController();
      const cancel = clock.at(clock.nowMs() + RELEASE_MS, () =>
        waiting.abort(new Error('another tab is in the call')),
      );
      return new Promise((resolve) => {
        locks
          .request(name, { signal: waiting.signal }, () => {
            cancel();
            resolve(true);
            return new Promise<void>((done) => {
              release = done;
            });
          })
          .catch(() => resolve(false));
      });
    },
    release() {
      release();
      release = () => {};
    },
  };
}
