import { type CallId, MAIN_SEAT } from '@parley/contracts/ids';
import type { Shipment, ShipmentAnswer } from '@parley/contracts/internal-api';
import type { PriceTable } from '@parley/engine/cost/price-table';
import type { Logger } from 'pino';
import type { Database, Queries } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import type { Clock } from '../runtime/clock.ts';
import type { CallChange } from './call-change.ts';
import { lockCall, type ServerEnd } from './call-rows.ts';
import { type FoldedRecord, foldStored, isCurrent, NOTHING_FOLDED } from './folded-record.ts';
import { storedJournals } from './journal-rows.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { updateCall } from './record-rows.ts';
import { CallDeleted, rewrite, take } from './take-shipment.ts';

/** Takes in the journals of calls, and keeps the rows that show them. */
export interface CallRecorder {
  /** Stores a shipment, all of it or nothing. Rejects where the database is away: the agent ships it again. */
  store(shipment: Shipment): Promise<ShipmentAnswer>;
  /** Ends a call whose room is gone and of which no journal tells the end. One that has ended stays as it is. */
  end(callId: CallId, end: ServerEnd): Promise<void>;
  /** Shows the lines that are stored and not shown yet, of calls of an earlier run of the server too. */
  showBehind(): Promise<void>;
  /** Drops what is kept in memory of a call that was deleted. */
  forget(callId: CallId): void;
  close(): Promise<void>;
}

/** Running calls whose record is kept between shipments; one that is not there is folded from its stored lines. */
const KEPT_RECORDS = 500;
/** When late lines of an earlier generation are shown, in ms: they come in many shipments, and each would fold anew. */
const SHOW_LATE_AFTER_MS = 1_000;
/** How often a record is caught up before its lines are stored to be shown later: other servers store lines too. */
const CATCH_UPS = 3;

export function createCallRecorder(deps: {
  readonly database: () => Database;
  /** Calls get their cost by these as they are stored. */
  readonly prices: PriceTable;
  readonly clock: Clock;
  readonly log: Logger;
  /** After it was stored. */
  readonly onStored: (change: CallChange) => void;
}): CallRecorder {
  const { prices, clock, log } = deps;
  const perCall = createKeyedQueue<CallId>();
  const kept = new Map<number, FoldedRecord>();
  const behind = new Set<CallId>();
  let cancelShow = () => {};
  let isClosed = false;

  const keep = (callNumber: number, folded: FoldedRecord) => {
    kept.delete(callNumber);
    kept.set(callNumber, folded);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_RECORDS && oldest !== undefined) kept.delete(oldest);
  };
  const catchUp = async (queries: Queries, callNumber: number) =>
    keep(callNumber, await foldStored(queries, callNumber, kept.get(callNumber) ?? NOTHING_FOLDED));

  const showSoon = (callId: CallId) => {
    if (isClosed) return;
    if (behind.size === 0) cancelShow = clock.at(clock.nowMs() + SHOW_LATE_AFTER_MS, () => void showAll());
    behind.add(callId);
  };
  const showAll = async () => {
    const callIds = [...behind];
    behind.clear();
    for (const callId of callIds) {
      try {
        await perCall.run(callId, () => show(callId));
      } catch (error) {
        log.warn({ err: error, callId }, 'stored lines of a call could not be shown; trying again');
        showSoon(callId);
      }
    }
  };

  /** Writes the rows of a call anew from all that is stored of it. */
  const show = async (callId: CallId): Promise<void> => {
    const { db, dialect } = deps.database();
    const call = await db
      .selectFrom('calls')
      .select('number')
      .where('call_id', '=', callId)
      .executeTakeFirst();
    if (call === undefined) return;
    await catchUp(db, call.number);
    const change = await db.transaction().execute(async (trx) => {
      const row = await lockCall(trx, dialect, callId);
      if (row === null) return null;
      const folded = kept.get(row.number) ?? NOTHING_FOLDED;
      if (!isCurrent(folded, await storedJournals(trx, row.number, MAIN_SEAT))) return 'behind';
      return rewrite(trx, row, folded, prices);
    });
    if (change === 'behind') showSoon(callId);
    else if (change !== null) deps.onStored(change);
  };

  const store = async (shipment: Shipment): Promise<ShipmentAnswer> => {
    const { db, dialect } = deps.database();
    for (let attempt = 1; ; attempt++) {
      const outcome = await db
        .transaction()
        .execute((trx) => take(trx, dialect, shipment, { kept, prices, mayStayBehind: attempt > CATCH_UPS }))
        .catch((error: unknown) => {
          if (error instanceof CallDeleted) return { kind: 'deleted' } as const;
          throw error;
        });
      if (outcome.kind === 'deleted') return outcome;
      if (outcome.kind === 'uncaught') {
        await catchUp(db, outcome.callNumber);
        continue;
      }
      // Nothing follows the end of a call but what comes late, and then it is folded again.
      if (shipment.isLast && outcome.folded?.told?.facts.state === 'ended') kept.delete(outcome.callNumber);
      else if (outcome.folded !== null) keep(outcome.callNumber, outcome.folded);
      if (outcome.isBehind) showSoon(shipment.header.callId);
      if (outcome.change !== null) deps.onStored(outcome.change);
      return outcome.answer;
    }
  };

  return {
    store(shipment) {
      checkLines(shipment);
      return perCall.run(shipment.header.callId, () => store(shipment));
    },
    end: (callId, end) =>
      perCall.run(callId, async () => {
        const { db, dialect } = deps.database();
        const isEnded = await db.transaction().execute(async (trx) => {
          const row = await lockCall(trx, dialect, callId);
          if (row === null || row.state === 'ended') return false;
          const ended_at_ms = Math.round(Math.max(end.atMs, row.created_at_ms));
          const ended = { state: 'ended', ended_by: 'server', end_reason: end.reason, ended_at_ms } as const;
          // What was under way is shown as cut off by `show`; by the next run of the server, where this one dies before.
          return updateCall(trx, row, { ...ended, is_behind: 1 });
        });
        if (isEnded) await show(callId);
      }),
    async showBehind() {
      const { db } = deps.database();
      const rows = await db.selectFrom('calls').select('call_id').where('is_behind', '=', 1).execute();
      for (const { call_id } of rows) showSoon(call_id as CallId);
    },
    forget(callId) {
      for (const [number, { record }] of kept) if (record.header?.callId === callId) kept.delete(number);
    },
    async close() {
      isClosed = true;
      cancelShow();
      await perCall.idle();
    },
  };
}

/** Throws where a shipment is not what its contract says: lines of its header's journal, one after the other. */
function checkLines({ header, lines }: Shipment): void {
  for (const [index, line] of lines.entries()) {
    const isOfJournal =
      line.callId === header.callId && line.seat === header.seat && line.generation === header.generation;
    if (isOfJournal && line.seq === (lines[0]?.seq ?? 0) + index) continue;
    throw new ApiError(
      'invalid_field',
      `lines[${index}] does not follow the line before it in the journal of the header.`,
      { field: `lines[${index}]` },
    );
  }
}
