import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { Database } from './database.ts';
import { DatabaseError } from './database-error.ts';

/** The way to a database that may be away when the server starts: calls go on without it, and it is tried again. */
export interface DatabaseDoor {
  /** Throws `DatabaseError` while it could not be opened. */
  current(): Database;
  /** Resolves once it is open. */
  readonly opened: Promise<void>;
  /** Stops trying, and closes it. */
  close(): Promise<void>;
}

/** The first wait before another try, in ms; it doubles from try to try, until the longest. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** Resolves after the first try, whatever came of it. */
export async function openDatabaseDoor(options: {
  readonly open: () => Promise<Database>;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<DatabaseDoor> {
  const { clock, log } = options;
  let state:
    | { readonly kind: 'away'; readonly fault: DatabaseError }
    | { readonly kind: 'open'; readonly database: Database };
  let isClosed = false;
  let cancelWait = () => {};
  let trying: Promise<void> = Promise.resolve();
  let tellOpened = () => {};
  const opened = new Promise<void>((resolve) => {
    tellOpened = resolve;
  });

  const attempt = async (waitMs: number): Promise<typeof state> => {
    try {
      const database = await options.open();
      log.info({ dialect: database.dialect }, 'database open');
      tellOpened();
      return { kind: 'open', database };
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      log.error({ code: error.code, err: error.cause }, `${error.message} Calls go on; trying again.`);
      if (isClosed) return { kind: 'away', fault: error };
      cancelWait = clock.at(clock.nowMs() + waitMs, () => {
        trying = attempt(Math.min(2 * waitMs, LONGEST_WAIT_MS)).then((next) => {
          state = next;
        });
      });
      return { kind: 'away', fault: error };
    }
  };
  state = await attempt(FIRST_WAIT_MS);

  return {
    current() {
      if (state.kind === 'open') return state.database;
      throw state.fault;
    },
    opened,
    async close() {
      isClosed = true;
      cancelWait();
      await trying;
      if (state.kind === 'open') await state.database.close();
    },
  };
}
