import type { WorkerReport } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { InternalClient } from './internal-client.ts';

/** Source: the server forgets a worker after 6 s. */
const REPORT_EVERY_MS = 2_000;

/** Keeps the server informed of this process; the server's absence is no fault of a call. */
export interface WorkerReports {
  /** Sends a report as soon as the one under way has been answered. */
  changed(): void;
  /** Sends a last report and resolves when it was answered or given up. */
  close(): Promise<void>;
}

export function startWorkerReports(deps: {
  readonly server: Pick<InternalClient, 'report'>;
  readonly report: () => WorkerReport;
  readonly clock: Clock;
  readonly log: Logger;
}): WorkerReports {
  const { server, clock, log } = deps;
  const never = new AbortController().signal;
  let isClosed = false;
  let isDirty = false;
  let isAway = false;
  let wake = () => {};

  const send = async () => {
    isDirty = false;
    try {
      await server.report(deps.report(), never);
      if (isAway) log.info('the server takes reports again');
      isAway = false;
    } catch (error) {
      if (!isAway) log.warn({ err: error }, 'the server takes no reports; calls go on');
      isAway = true;
    }
  };

  const pause = () =>
    new Promise<void>((resolve) => {
      const cancel = clock.at(clock.nowMs() + REPORT_EVERY_MS, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });

  const loop = async () => {
    while (!isClosed) {
      await send();
      if (!isDirty && !isClosed) await pause();
    }
    await send();
  };
  const ended = loop();

  return {
    changed() {
      isDirty = true;
      wake();
    },
    close() {
      isClosed = true;
      wake();
      return ended;
    },
  };
}
