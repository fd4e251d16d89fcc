import type { Health } from '@parley/contracts/http-api';
import { sql } from 'kysely';
import { type Clock, settlesWithin } from '../runtime/clock.ts';
import type { Database } from './database.ts';
import { DatabaseError } from './database-error.ts';

/** Whether the database answers, asked at most once a second however often it is wanted. */
export interface DatabaseReach {
  look(): Promise<Health['database']>;
}

const ASK_EVERY_MS = 1_000;
/** Longest wait for its answer, in ms. */
const ANSWER_WITHIN_MS = 2_000;

export function createDatabaseReach(deps: {
  readonly database: () => Database;
  readonly clock: Clock;
}): DatabaseReach {
  const { clock } = deps;
  let last: Promise<Health['database']> | undefined;
  let askedAtMs = 0;

  const ask = async (): Promise<Health['database']> => {
    const calls = 'Calls go on, and what is said in them is stored once it answers.';
    try {
      const asked = sql`select 1`.execute(deps.database().db);
      if (await settlesWithin(clock, asked, ANSWER_WITHIN_MS)) {
        await asked;
        return { status: 'ok', message: '' };
      }
      return { status: 'away', message: `The database gives no answer. ${calls}` };
    } catch (error) {
      const why = error instanceof DatabaseError ? error.message : 'The database does not answer.';
      return { status: 'away', message: `${why} ${calls}` };
    }
  };
  return {
    look() {
      if (last === undefined || clock.nowMs() - askedAtMs >= ASK_EVERY_MS) {
        askedAtMs = clock.nowMs();
        last = ask();
      }
      return last;
    },
  };
}
