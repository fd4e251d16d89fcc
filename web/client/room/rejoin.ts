import type { Clock } from '../runtime/clock.ts';
import type { RejoinLock } from './rejoin-lock.ts';
import type { KeptCall, RejoinStore } from './rejoin-store.ts';
import type { RejoinOutcome } from './token-request.ts';
import type { Segment } from './transcript.ts';

/** How long a server that does not answer is asked again, in ms: the agent waits 20 s for a caller who was lost. */
const ASK_FOR_MS = 20_000;
const ASK_EVERY_MS = 1_000;

/** A call's way back: for a page that was loaded anew, and for one whose token is too old to reconnect with. */
export interface Rejoin {
  /** The call of this tab before the page was loaded; null where there was none. */
  former(): KeptCall | null;
  /** Whether that call is this page's to return to, and not that of the tab which this one is a copy of. */
  claim(): Promise<boolean>;
  /** The server gave a way back. */
  granted(secret: string | undefined): void;
  /** The page is in the call: from now on a further load returns to it. */
  joined(joinedAtMs: number): void;
  /** Keeps what is shown of the call, as it is now. */
  note(shown: { readonly transcript: readonly Segment[]; readonly isMuted: boolean }): void;
  /** Whether there is a way back. */
  isOpen(): boolean;
  /** Asks for a fresh token until the server answers, 20 s long. Rejects with `signal.reason` when aborted. */
  ask(options: { readonly signal: AbortSignal }): Promise<RejoinOutcome>;
  /** The call is over: nothing of it is kept. */
  over(): void;
}

export function createRejoin({
  store,
  lock,
  clock,
  newLockName,
  requestRejoin,
}: {
  readonly store: RejoinStore;
  readonly lock: RejoinLock;
  readonly clock: Clock;
  readonly newLockName: () => string;
  readonly requestRejoin: (options: {
    readonly rejoin: string;
    readonly signal: AbortSignal;
  }) => Promise<RejoinOutcome>;
}): Rejoin {
  let secret: string | null = null;
  let call: KeptCall | null = null;

  const keep = (next: KeptCall) => {
    call = next;
    store.keep(next);
  };

  const pause = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const stop = () => {
        cancel();
        reject(signal.reason);
      };
      const cancel = clock.at(clock.nowMs() + ASK_EVERY_MS, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
    });

  return {
    former: store.read,
    async claim() {
      const kept = store.read();
      if (kept === null || !(await lock.hold(kept.lockName))) return false;
      secret = kept.rejoin;
      call = kept;
      return true;
    },
    granted(fresh) {
      secret = fresh ?? null;
      if (call !== null && fresh !== undefined) keep({ ...call, rejoin: fresh });
    },
    joined(joinedAtMs) {
      if (secret === null || call !== null) return;
      const lockName = newLockName();
      keep({ rejoin: secret, lockName, joinedAtMs, isMuted: false, transcript: [] });
      void lock.hold(lockName);
    },
    note(shown) {
      if (call !== null) keep({ ...call, ...shown });
    },
    isOpen: () => secret !== null,
    async ask({ signal }) {
      const givesUpAtMs = clock.nowMs() + ASK_FOR_MS;
      for (;;) {
        if (secret === null) return { kind: 'callOver' };
        const outcome = await requestRejoin({ rejoin: secret, signal });
        if (outcome.kind !== 'unreachable' || clock.nowMs() >= givesUpAtMs) return outcome;
        await pause(signal);
      }
    },
    over() {
      secret = null;
      call = null;
      store.forget();
      lock.release();
    },
  };
}
