import type { Database, Queries } from '../database/database.ts';
import { type Clock, settlesWithin } from '../runtime/clock.ts';

/** What the database tells at a scrape. */
export interface StoredFigures {
  readonly waitingCalls: number;
  readonly activeCalls: number;
  readonly waitingDeliveries: number;
  readonly givenUpDeliveries: number;
  /** 0 where none waits. */
  readonly oldestWaitingMs: number;
}

/** A scrape waits for 10 s; the figures that need no database come all the same. */
const ANSWER_WITHIN_MS = 2_000;

/** Null where the database is away. Every question is answered from an index, however much is stored. */
export async function readStoredFigures(deps: {
  readonly database: () => Database;
  readonly clock: Clock;
  readonly nowEpochMs: () => number;
}): Promise<StoredFigures | null> {
  try {
    const read = ask(deps.database().db, deps.nowEpochMs());
    return (await settlesWithin(deps.clock, read, ANSWER_WITHIN_MS)) ? await read : null;
  } catch {
    // The health of the database says why.
    return null;
  }
}

async function ask(db: Queries, nowEpochMs: number): Promise<StoredFigures> {
  const count = (rows: readonly { readonly state: string; readonly count: unknown }[], state: string) =>
    Number(rows.find((row) => row.state === state)?.count ?? 0);
  const calls = await db
    .selectFrom('calls')
    .select(({ fn }) => ['state', fn.countAll().as('count')])
    .where('state', 'in', ['waiting', 'active'])
    .groupBy('state')
    .execute();
  const deliveries = await db
    .selectFrom('webhook_deliveries')
    .select(({ fn }) => ['state', fn.countAll().as('count'), fn.min('created_at_ms').as('oldest_at_ms')])
    .where('state', 'in', ['waiting', 'given_up'])
    .groupBy('state')
    .execute();
  const oldestAtMs = deliveries.find(({ state }) => state === 'waiting')?.oldest_at_ms;
  return {
    waitingCalls: count(calls, 'waiting'),
    activeCalls: count(calls, 'active'),
    waitingDeliveries: count(deliveries, 'waiting'),
    givenUpDeliveries: count(deliveries, 'given_up'),
    oldestWaitingMs: oldestAtMs === undefined ? 0 : Math.max(0, nowEpochMs - Number(oldestAtMs)),
  };
}
