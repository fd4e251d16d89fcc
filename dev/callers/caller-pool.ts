import type { Clock } from '@parley/agent/runtime/clock';
import { CallerError } from './caller-error.ts';
import type { FromCaller } from './caller-messages.ts';
import type { CallerLink, CallerProcess } from './caller-process-link.ts';

/** Gives callers their places in processes: up to ten share one. */
export interface CallerPool {
  /** `isAlone`: in a process of its own. */
  open(options: {
    readonly isAlone: boolean;
    readonly onMessage: (message: FromCaller) => void;
  }): Promise<CallerPlace>;
  /** Runs a join once there are few others on their way: ten at once take longer than one after another. */
  inTurn<T>(join: () => Promise<T>): Promise<T>;
}

/** A caller's place in a process. */
export interface CallerPlace {
  readonly pid: number;
  readonly link: CallerLink;
  /**
   * Leaves its room. A process whose callers cannot say goodbye within 10 s hangs: it is killed. Safe to call twice.
   */
  leave(): Promise<void>;
  /** Is killed, with its process. Rejects with CallerError `refused` where others may be in that process. */
  vanish(): Promise<void>;
}

const MOST_CALLERS = 10;
const MOST_JOINS = 4;

/** An empty process stays so long, in ms, for the next test's callers. */
const LINGER_MS = 3_000;

/** Longer than a room takes to be left, or given up, on a busy machine, in ms. */
const LONGEST_GOODBYE_MS = 10_000;

interface SharedProcess {
  readonly forked: Promise<CallerProcess>;
  callers: number;
  isOver: boolean;
  cancelEnd: () => void;
}

export function createCallerPool(options: {
  readonly clock: Clock;
  readonly fork: () => Promise<CallerProcess>;
}): CallerPool {
  const { clock, fork } = options;
  const shared = new Set<SharedProcess>();
  const waitingJoins: (() => void)[] = [];
  let joins = 0;

  const begin = (): SharedProcess => {
    const process: SharedProcess = { forked: fork(), callers: 0, isOver: false, cancelEnd: () => {} };
    const forget = () => {
      process.isOver = true;
      process.cancelEnd();
      shared.delete(process);
    };
    process.forked.then(({ ended }) => ended.then(forget), forget);
    shared.add(process);
    return process;
  };
  const take = (): SharedProcess => {
    const free = [...shared].find(({ callers, isOver }) => callers < MOST_CALLERS && !isOver) ?? begin();
    free.cancelEnd();
    free.callers += 1;
    return free;
  };
  const giveBack = (used: SharedProcess, process: CallerProcess) => {
    used.callers -= 1;
    if (used.callers > 0 || used.isOver) return;
    used.cancelEnd = clock.at(clock.nowMs() + LINGER_MS, () => {
      used.isOver = true;
      process.end();
    });
  };

  const placeIn = (
    process: CallerProcess,
    onMessage: (message: FromCaller) => void,
    isAlone: boolean,
  ): CallerPlace => {
    const link = process.open(onMessage);
    return {
      pid: process.pid,
      link,
      async leave() {
        const cancelKill = clock.at(clock.nowMs() + LONGEST_GOODBYE_MS, () =>
          process.kill(`a caller of it could not leave within ${LONGEST_GOODBYE_MS} ms`),
        );
        await link.leave();
        if (isAlone) {
          process.end();
          await process.ended;
        }
        cancelKill();
      },
      async vanish() {
        if (!isAlone)
          throw new CallerError(
            'refused',
            'this caller shares its process: one that is to vanish is started with isAlone: true',
          );
        process.kill('its caller vanished');
        await process.ended;
      },
    };
  };

  return {
    async open({ isAlone, onMessage }) {
      if (isAlone) return placeIn(await fork(), onMessage, true);
      const used = take();
      const process = await used.forked;
      const place = placeIn(process, onMessage, false);
      void place.link.gone.then(() => giveBack(used, process));
      return place;
    },
    async inTurn(join) {
      if (joins >= MOST_JOINS) await new Promise<void>((resolve) => void waitingJoins.push(resolve));
      else joins += 1;
      try {
        return await join();
      } finally {
        const next = waitingJoins.shift();
        if (next === undefined) joins -= 1;
        else next();
      }
    },
  };
}
