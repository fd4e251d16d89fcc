import type { EndReason } from '@parley/contracts/call-event';
import type { CallId, Seat } from '@parley/contracts/ids';
import type { Database, Queries } from '../database/database.ts';
import { type CallRow, newCallRow } from './call-row.ts';

/** Makes a call's row where there is none. Resolves with whether it did. */
export async function enterCall(queries: Queries, call: Parameters<typeof newCallRow>[0]): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await queries
    .insertInto('calls')
    .values(newCallRow(call))
    .onConflict((on) => on.column('call_id').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

/** A call's row, which no other transaction changes until this one is over. */
export async function lockCall(
  trx: Queries,
  dialect: Database['dialect'],
  callId: CallId,
): Promise<CallRow | null> {
  const row = await trx
    .selectFrom('calls')
    .selectAll()
    .where('call_id', '=', callId)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
  return row ?? null;
}

/** Whether the call was deleted: nothing of it is stored any more. */
export async function isDeleted(queries: Queries, callId: CallId): Promise<boolean> {
  const found = await queries
    .selectFrom('tombstones')
    .select('call_id')
    .where('call_id', '=', callId)
    .executeTakeFirst();
  return found !== undefined;
}

/** A call that is not over. */
export interface RunningCall {
  readonly callId: CallId;
  readonly isAnswered: boolean;
  readonly isCallerSeen: boolean;
  /** An agent had taken it, or tells of it. */
  readonly hadAgent: boolean;
}

export async function runningCalls(queries: Queries): Promise<readonly RunningCall[]> {
  const rows = await queries
    .selectFrom('calls')
    .select(['call_id', 'answered_at_ms', 'is_caller_seen', 'caller'])
    .select(({ selectFrom }) =>
      selectFrom('seats')
        .whereRef('seats.call_id', '=', 'calls.call_id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('seats'),
    )
    .where('state', 'in', ['waiting', 'active'])
    .execute();
  return rows.map((row) => {
    return {
      callId: row.call_id as CallId,
      isAnswered: row.answered_at_ms !== null,
      isCallerSeen: row.is_caller_seen === 1 || row.caller !== null,
      hadAgent: (row.seats ?? 0) > 0,
    };
  });
}

export async function noteCallerSeen(queries: Queries, callId: CallId): Promise<void> {
  await queries
    .updateTable('calls')
    .set({ is_caller_seen: 1 })
    .where('call_id', '=', callId)
    .where('is_caller_seen', '=', 0)
    .execute();
}

/**
 * Gives a seat to a generation where a lower one or nobody holds it. Resolves with the generation that holds it now, and
 * with who has it; `workerId` null where it is known by sight only.
 */
export async function takeSeat(
  queries: Queries,
  claim: {
    readonly callId: CallId;
    readonly seat: Seat;
    readonly generation: number;
    readonly workerId: string | null;
  },
): Promise<{ readonly generation: number; readonly workerId: string | null }> {
  const { callId, seat, generation, workerId } = claim;
  await queries
    .insertInto('seats')
    .values({ call_id: callId, seat, generation, worker_id: workerId })
    .onConflict((on) =>
      on
        .columns(['call_id', 'seat'])
        .doUpdateSet({ generation, worker_id: workerId })
        .where('seats.generation', '<', generation),
    )
    .execute();
  const held = await queries
    .selectFrom('seats')
    .select(['generation', 'worker_id'])
    .where('call_id', '=', callId)
    .where('seat', '=', seat)
    .executeTakeFirstOrThrow();
  return { generation: held.generation, workerId: held.worker_id };
}

/** How the server ends a call that nobody told the end of. */
export interface ServerEnd {
  readonly atMs: number;
  readonly reason: EndReason;
}
