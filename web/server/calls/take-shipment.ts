import type { JournalLine } from '@parley/contracts/call-event';
import type { RecordedTurn } from '@parley/contracts/call-record';
import { MAIN_SEAT } from '@parley/contracts/ids';
import type { Shipment, ShipmentAnswer } from '@parley/contracts/internal-api';
import type { PriceTable } from '@parley/engine/cost/price-table';
import { endRecord } from '@parley/engine/record/fold-record';
import { callRecordOf, type RecordedCall } from '@parley/engine/record/recorded-call';
import { versionAt } from '../agents/agent-rows.ts';
import type { Database, Queries } from '../database/database.ts';
import { callEvents } from '../webhooks/call-events.ts';
import { noteEvents } from '../webhooks/outbox.ts';
import type { CallChange } from './call-change.ts';
import { type CallRow, summaryOfRow } from './call-row.ts';
import { enterCall, isDeleted, lockCall, type ServerEnd, takeSeat } from './call-rows.ts';
import { tagsOf } from './call-tags.ts';
import { canFold, type FoldedRecord, foldLines, isCurrent, NOTHING_FOLDED, tell } from './folded-record.ts';
import { addLines, storedJournals } from './journal-rows.ts';
import { columnsOf, updateCall, writeRecord } from './record-rows.ts';

/** The transaction of a shipment found a tombstone after it had made a row: nothing of it stays. */
export class CallDeleted extends Error {
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
export async function take(
  trx: Queries,
  dialect: Database['dialect'],
  { header, lines, isLast }: Shipment,
  by: {
    readonly kept: ReadonlyMap<number, FoldedRecord>;
    readonly prices: PriceTable;
    readonly mayStayBehind: boolean;
  },
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
    return { ...taken, folded: next, isBehind: false, change: await rewrite(trx, row, next, by.prices) };
  const columns = { ...(await ownColumns(trx, row, header)), ...columnsOf(next.told, by.prices) };
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
export async function rewrite(
  trx: Queries,
  row: CallRow,
  { record }: FoldedRecord,
  prices: PriceTable,
): Promise<CallChange> {
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
  const own = header === null ? {} : await ownColumns(trx, row, header);
  const columns = { ...own, ...columnsOf(whole, prices) };
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
