import type { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { CallScope } from './call-scope.ts';

/** Uncaught exceptions of no call within `STORM_MS` after which nothing in the process is to be trusted any more. */
const STORM_COUNT = 10;
const STORM_MS = 10_000;

/**
 * Decides what is thrown where nobody catches. A promise that rejects unheard leaves no half-done work behind: it is
 * logged with its call, and every call goes on. An exception out of a callback may: its own call is given up, so that
 * another process takes it over, and this process takes no further job and ends when the other calls have ended.
 */
export function guardProcess(deps: {
  readonly events: Pick<EventEmitter, 'on'>;
  readonly scope: CallScope;
  readonly onCallThrew: (jobId: string, error: unknown) => void;
  /** The process should be replaced, in peace. */
  readonly onTainted: () => void;
  /** The process should end now. */
  readonly onStorm: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}): void {
  const { events, scope, clock, log } = deps;
  const givenUp = new Set<string>();
  let thrownAtMs: number[] = [];
  events.on('unhandledRejection', (reason: unknown) => {
    log.error({ err: reason, ...scope.current() }, 'a promise was rejected and nobody was listening');
  });
  events.on('uncaughtException', (error: unknown) => {
    const call = scope.current();
    if (call !== undefined && givenUp.has(call.jobId)) {
      // What is left of it may throw on and on, a timer for instance; the calls beside it must not pay for that.
      return log.debug({ err: error, ...call }, 'a call that was given up threw again');
    }
    log.error({ err: error, ...call }, 'an exception was not caught; this process will be replaced');
    deps.onTainted();
    if (call !== undefined) {
      givenUp.add(call.jobId);
      return deps.onCallThrew(call.jobId, error);
    }
    const nowMs = clock.nowMs();
    thrownAtMs = [...thrownAtMs.filter((atMs) => nowMs - atMs < STORM_MS), nowMs];
    if (thrownAtMs.length < STORM_COUNT) return;
    log.fatal({ count: thrownAtMs.length }, 'exceptions follow each other; this process ends');
    deps.onStorm();
  });
}
