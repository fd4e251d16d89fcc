import type { Clock } from '@parley/agent/runtime/clock';
import { createDeferred } from '@parley/agent/runtime/deferred';
import { CallerError } from './caller-error.ts';

/** Waits for something to be seen, looking again whenever something was, and now and then. */
export interface Waits {
  /**
   * Resolves with what `look` finds. Rejects with CallerError `timeout` after `timeoutMs`, saying what there was
   * instead, or with the error of `end`.
   */
  waitFor<T>(wait: Wait<T>): Promise<T>;
  /** Something was seen. */
  look(): void;
  /** Nothing more will be seen. */
  end(error: CallerError): void;
}

export interface Wait<T> {
  /** Completes "no ... within". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly look: () => T | undefined;
  /** Tells what was seen so far. */
  readonly instead: () => string;
}

/** Silence comes with time alone, in ms. */
const LOOK_AGAIN_MS = 50;

export function createWaits(clock: Clock): Waits {
  const looks = new Set<() => void>();
  let endedWith: CallerError | null = null;
  const lookAll = () => {
    for (const look of [...looks]) look();
  };
  return {
    look: lookAll,
    end(error) {
      endedWith ??= error;
      lookAll();
    },
    waitFor<T>({ what, timeoutMs, look, instead }: Wait<T>) {
      const found = createDeferred<T>();
      const givesUpAtMs = clock.nowMs() + timeoutMs;
      let cancelTimer = () => {};
      const stop = () => {
        looks.delete(lookOnce);
        cancelTimer();
      };
      const fail = (code: CallerError['code'], why: string) => {
        stop();
        found.reject(new CallerError(code, `no ${what} ${why}; ${instead()}`));
      };
      const lookOnce = () => {
        const seen = look();
        if (seen !== undefined) {
          stop();
          found.resolve(seen);
        } else if (endedWith !== null) fail(endedWith.code, `any more: ${endedWith.message}`);
        else if (clock.nowMs() >= givesUpAtMs) fail('timeout', `within ${timeoutMs} ms`);
      };
      const lookAgain = () => {
        cancelTimer = clock.at(Math.min(givesUpAtMs, clock.nowMs() + LOOK_AGAIN_MS), lookAgain);
        lookOnce();
      };
      looks.add(lookOnce);
      lookAgain();
      return found.promise;
    },
  };
}
