import type { JournalLine } from '@parley/contracts/call-event';
import type { CallSummary, RecordedTurn } from '@parley/contracts/call-record';
import { type CallId, MAIN_SEAT } from '@parley/contracts/ids';
import type { Shipment, ShipmentAnswer } from '@parley/contracts/internal-api';
import { endRecord } from '@parley/engine/record/fold-record';
import { callRecordOf, type RecordedCall } from '@parley/engine/record/recorded-call';
import type { Logger } from 'pino';
import { versionAt } from '../agents/agent-rows.ts';
import type { Database, Queries } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import type { Clock } from '../runtime/clock.ts';
import { callEvents } from '../webhooks/call-events.ts';
import { noteEvents } from '../webhooks/outbox.ts';
import { type CallRow, summaryOfRow } from './call-row.ts';
import { enterCall, isDeleted, lockCall, type ServerEnd, takeSeat } from './call-rows.ts';
import { tagsOf } from './call-tags.ts';
import {
  canFold,
  type FoldedRecord,
  foldLines,
  foldStored,
  isCurrent,
  NOTHING_FOLDED,
  tell,
} from './folded-record.ts';
import { addLines, storedJournals } from './journal-rows.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { columnsOf, updateCall, writeRecord } from './record-rows.ts';

/** What was stored of a call: its row as it is now, and turns that are new or changed. */
export interface CallChange {
  readonly call: CallSummary;
  readonly ownerKeyId: string | null;
  readonly turns: readonly RecordedTurn[];
}

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
  readonly clock: Clock;
  readonly log: Logger;
  /** After it was stored. */
  readonly onStored: (change: CallChange) => void;
}): CallRecorder {
  const { clock, log } = deps;
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
      return rewrite(trx, row, folded);
    });
    if (change === 'behind') showSoon(callId);
    else if (change !== null) deps.onStored(change);
  };

  const store = async (shipment: Shipment): Promise<ShipmentAnswer> => {
    const { db, dialect } = deps.database();
    for (let attempt = 1; ; attempt++) {
      const outcome = await db
        .transaction()
        .execute((trx) => take(trx, dialect, shipment, { kept, mayStayBehind: attempt > CATCH_UPS }))
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
          // Its figures are shown next; by the next run of the server, where this one dies before.
          const ending = { ...ended, is_behind: 1 };
          // What was under way is shown as cut off by `show`, at the next start where this one ends before.
          return updateCall(trx, row, { ...ending, is_behind: 1 });
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

/** The transaction of a shipment found a tombstone after it had made a row: nothing of it stays. */
class CallDeleted extends Error {
  override readonly name = 'CallDeleted';
  readonly code = 'call_deleted';
}

type Outcome =
  | { readonly kind: 'deleted' }
  /** The kept record lacks stored lines: nothing was written. */
  | { readonly kind: 'uncaught'; readonly callNumber: number }
  | {
      readonly kind: 'taken';
      readonly callNumber: number;
      readonly answer: ShipmentAnswer;
      /** Null where it did not change. */
      readonly folded: FoldedRecord | null;
      readonly isBehind: boolean;
      readonly change: CallChange | null;
    };

/** One shipment in one transaction: its lines, and the rows that they change. */
async function take(
  trx: Queries,
  dialect: Database['dialect'],
  { header, lines, isLast }: Shipment,
  by: { readonly kept: ReadonlyMap<number, FoldedRecord>; readonly mayStayBehind: boolean },
): Promise<Outcome> {
  const { callId, seat, generation } = header;
  if (await isDeleted(trx, callId)) return { kind: 'deleted' };
  const row = await lockOrEnter(trx, dialect, { header, lines, isLast });
  const stored = await storedJournals(trx, row.number, seat);
  const before = stored.find((journal) => journal.generation === generation) ?? null;
  const nextSeq = before?.nextSeq ?? 0;
  const added = following(lines, nextSeq);
  const reachedSeq = nextSeq + added.length;
  const isWhole = before?.isWhole === true || (isLast && reachedSeq > (lines.at(-1)?.seq ?? -1));
  const hasNews = before === null || added.length > 0;
  const folded = by.kept.get(row.number) ?? NOTHING_FOLDED;
  const isShown = seat === MAIN_SEAT && hasNews;
  const isLate = isShown && !canFold(folded, generation);
  if (isShown && !isCurrent(folded, stored) && !by.mayStayBehind)
    return { kind: 'uncaught', callNumber: row.number };

  if (hasNews || isWhole !== before?.isWhole)
    await addLines(trx, row.number, { header, lines: added, before, isWhole });
  const holder = await takeSeat(trx, { callId, seat, generation, workerId: null });
  const answer = { kind: 'stored', nextSeq: reachedSeq, heldGeneration: holder.generation } as const;
  const taken = { kind: 'taken', callNumber: row.number, answer } as const;
  if (!isShown) return { ...taken, folded: null, isBehind: false, change: null };
  if (isLate || by.mayStayBehind) {
    await updateCall(trx, row, { is_behind: 1 });
    return { ...taken, folded: null, isBehind: true, change: null };
  }
  const next = tell(foldLines(folded, header, added));
  if (row.ended_by === 'server' || row.is_behind === 1)
    return { ...taken, folded: next, isBehind: false, change: await rewrite(trx, row, next) };
  const columns = { ...(await ownColumns(trx, row, header)), ...columnsOf(next.told) };
  const turns = await write(trx, row, { before: folded.told, after: next.told });
  const told = { ...columns, ended_by: endedBy(columns) };
  const isChanged = await updateCall(trx, row, told);
  const isNews = isChanged || turns.length > 0;
  const change = isNews
    ? await changeOf(trx, { before: row, after: { ...row, ...told }, turns, header })
    : null;
  return { ...taken, folded: next, isBehind: false, change };
}

async function lockOrEnter(
  trx: Queries,
  dialect: Database['dialect'],
  { header }: Shipment,
): Promise<CallRow> {
  const { callId, roomName, agent, ownerKeyId = null, startedAtEpochMs } = header;
  const known = await lockCall(trx, dialect, callId);
  if (known !== null) return known;
  const isNew = await enterCall(trx, { callId, roomName, agent, ownerKeyId, createdAtMs: startedAtEpochMs });
  // Asked again now that the row is locked: it may have been deleted since.
  if (isNew && (await isDeleted(trx, callId))) throw new CallDeleted();
  const entered = await lockCall(trx, dialect, callId);
  if (entered === null) throw new CallDeleted();
  return entered;
}

/** Writes a call's rows from its whole record, ended by the server where it was and no journal tells otherwise. */
async function rewrite(trx: Queries, row: CallRow, { record }: FoldedRecord): Promise<CallChange> {
  const { header } = record;
  const isToldEnded = record.ended !== null && record.ended.reason !== 'superseded';
  const serverEnd =
    row.ended_by !== 'server' || isToldEnded || header === null || row.ended_at_ms === null
      ? null
      : {
          atMs: row.ended_at_ms - header.startedAtEpochMs,
          reason: row.end_reason as ServerEnd['reason'],
        };
  const whole = callRecordOf(serverEnd === null ? record : endRecord({ ...record, ended: null }, serverEnd));
  const columns = { ...(header === null ? {} : await ownColumns(trx, row, header)), ...columnsOf(whole) };
  const turns = await write(trx, row, { before: null, after: whole });
  const ended_by = serverEnd !== null || header === null ? row.ended_by : endedBy(columns);
  const told = { ...columns, ended_by, is_behind: 0 };
  await updateCall(trx, row, told);
  return changeOf(trx, { before: row, after: { ...row, ...told }, turns, header });
}

function endedBy(columns: ReturnType<typeof columnsOf>): CallRow['ended_by'] {
  return columns.state === 'ended' ? 'agent' : null;
}

async function write(
  trx: Queries,
  row: CallRow,
  { before, after }: { readonly before: RecordedCall | null; readonly after: RecordedCall | null },
): Promise<readonly RecordedTurn[]> {
  return after === null ? [] : writeRecord(trx, row.number, { before, after });
}

/** What a header tells that no record does. */
async function ownColumns(trx: Queries, row: CallRow, header: Shipment['header']) {
  return {
    owner_key_id: row.owner_key_id ?? header.ownerKeyId ?? null,
    agent_version: row.agent_version ?? (await versionAt(trx, header.agent, header.startedAtEpochMs)),
    recording: isRecorded(row, header) ? ('pending' as const) : row.recording,
  };
}

/** The call runs, and its sound is kept or will be. What there is of it is seen when it is over. */
function isRecorded({ state, recording }: CallRow, { seat, settings }: Shipment['header']): boolean {
  if (state === 'ended' || recording !== 'none' || seat !== MAIN_SEAT) return false;
  return settings.recording === 'unasked' || settings.recording === 'afterConsent';
}

/** Notes in the same transaction what receivers are told of a change. */
async function changeOf(
  trx: Queries,
  change: {
    readonly before: CallRow;
    readonly after: CallRow;
    readonly turns: readonly RecordedTurn[];
    readonly header: Shipment['header'] | null;
  },
): Promise<CallChange> {
  const { before, after, turns } = change;
  const tags = await tagsOf(trx, [after.number]);
  const call = summaryOfRow(after, tags.get(after.number) ?? []);
  const events = callEvents({
    before: {
      isAnswered: before.answered_at_ms !== null,
      // The row of a call that the server ended says so before its figures are there.
      isEnded: before.state === 'ended' && before.is_behind === 0,
    },
    call,
    turns,
    startedAtEpochMs: change.header?.startedAtEpochMs ?? call.createdAtMs,
  });
  await noteEvents(trx, call.callId, events);
  return { call, ownerKeyId: after.owner_key_id, turns };
}

/** The lines from `nextSeq` on; none where one before them is missing. */
function following(lines: readonly JournalLine[], nextSeq: number): readonly JournalLine[] {
  const first = lines.findIndex(({ seq }) => seq === nextSeq);
  return first === -1 ? [] : lines.slice(first);
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
