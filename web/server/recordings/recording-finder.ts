import type { CallMoment } from '@parley/contracts/call-record';
import { type CallId, callIdSchema } from '@parley/contracts/ids';
import { joinCall } from '@parley/recordings/join-call';
import type { Logger } from 'pino';
import type { CallChange } from '../calls/call-change.ts';
import { type CallRow, summaryOfRow } from '../calls/call-row.ts';
import { tagsOf } from '../calls/call-tags.ts';
import type { Database, Queries } from '../database/database.ts';
import { isDatabaseAway } from '../database/is-away.ts';
import type { CallsTable } from '../database/tables.ts';
import type { Clock } from '../runtime/clock.ts';
import { recordingReady } from '../webhooks/call-events.ts';
import { noteEvents } from '../webhooks/outbox.ts';
import type { CallFiles, FoundSound } from './call-files.ts';

/**
 * Notes in a call's row what became of its recording. Its agent puts it together after it has told the call's end; parts
 * that came from other machines, and those that are nobody's, are put together here.
 */
export interface RecordingFinder {
  /** Looks for the recording of a call that is over, until it is there. */
  callStored(change: CallChange): void;
  /** A part of the call's recording came from another machine: it is joined with the others here once the call is over. */
  fileCame(callId: CallId): void;
  /** Looks for what an earlier run of the server did not find. */
  lookForLeft(): Promise<void>;
  /** Resolves when no look is under way. */
  idle(): Promise<void>;
  /** Looks no more. Resolves when nothing is under way. */
  close(): Promise<void>;
}

/** When it is looked for after the end of a call, in ms, each time after the time before. */
const LOOKS_AFTER_MS = [500, 2_000, 5_000, 15_000, 60_000, 300_000, 900_000] as const;
/** Parts of a call that is over, and that were not changed for so long, are nobody's: in ms. */
const LEFT_PARTS_AFTER_MS = 600_000;
/** Calls of an earlier run that are looked for, and how long ago they ended at most, in ms. */
const MAX_LEFT = 1_000;
const LEFT_AFTER_MS = 24 * 60 * 60_000;

export function createRecordingFinder(deps: {
  readonly database: () => Database;
  readonly files: Pick<CallFiles, 'find'>;
  readonly clock: Clock;
  readonly nowEpochMs: () => number;
  readonly onStored: (change: CallChange) => void;
  /** The recording of a call that is over lies there, with all sound that came. */
  readonly onWhole: (callId: CallId) => void;
  readonly log: Logger;
}): RecordingFinder {
  const { database, clock, log } = deps;
  const cancels = new Map<CallId, () => void>();
  const underWay = new Set<Promise<void>>();
  /** Calls whose parts came whole from another machine: nobody writes them, and nobody there puts them together. */
  const uploaded = new Set<CallId>();
  let isClosed = false;

  const lookLater = (callId: CallId, looks: readonly number[]) => {
    const [afterMs, ...further] = looks;
    cancels.get(callId)?.();
    cancels.delete(callId);
    if (afterMs === undefined || isClosed) return;
    cancels.set(
      callId,
      clock.at(clock.nowMs() + afterMs, () => {
        cancels.delete(callId);
        const running = look(callId, further).finally(() => underWay.delete(running));
        underWay.add(running);
      }),
    );
  };

  const look = async (callId: CallId, further: readonly number[]): Promise<void> => {
    try {
      const row = await rowOf(database(), callId);
      if (row === null || row.state !== 'ended') return;
      const place = { callId, createdAtMs: row.created_at_ms, recordingPath: row.recording_path };
      const before = await deps.files.find(place);
      const found = (await joinLeftParts(callId, before)) ? await deps.files.find(place) : before;
      const change = await note(database(), row, found, deps.nowEpochMs());
      if (change !== null) deps.onStored(change);
      if (found.path !== null && found.parts === null) deps.onWhole(callId);
      if (found.path === null || found.parts !== null) lookLater(callId, further);
    } catch (error) {
      const level = isDatabaseAway(error) ? 'debug' : 'error';
      log[level]({ err: error, callId }, 'the recording of a call could not be looked for');
      lookLater(callId, further);
    }
  };

  /** Whether it did. On one disk the agents join their parts themselves, as they end. */
  const joinLeftParts = async (callId: CallId, { parts }: FoundSound): Promise<boolean> => {
    if (parts === null) return false;
    const isLeft = deps.nowEpochMs() - parts.changedAtEpochMs > LEFT_PARTS_AFTER_MS;
    if (!isLeft && !uploaded.has(callId)) return false;
    const { folder } = parts;
    const joined = await joinCall({ folder, callId, upToGeneration: Number.POSITIVE_INFINITY });
    uploaded.delete(callId);
    if (joined !== null) log.info({ callId, lengthMs: joined.lengthMs }, 'the recording is whole');
    return joined !== null;
  };

  const idle = async () => {
    while (underWay.size > 0) await Promise.all(underWay);
  };

  return {
    callStored({ call }) {
      const isFound = call.recording === 'ready' || call.recording === 'incomplete';
      if (call.state === 'ended' && !isFound && !cancels.has(call.callId))
        lookLater(call.callId, LOOKS_AFTER_MS);
    },
    fileCame(callId) {
      uploaded.add(callId);
      lookLater(callId, LOOKS_AFTER_MS);
    },
    async lookForLeft() {
      const rows = await database()
        .db.selectFrom('calls')
        .select('call_id')
        .where('state', '=', 'ended')
        .where('recording', 'in', ['none', 'pending'])
        .where('created_at_ms', '>', deps.nowEpochMs() - LEFT_AFTER_MS)
        .orderBy('created_at_ms', 'desc')
        .limit(MAX_LEFT)
        .execute();
      for (const { call_id } of rows) if (!isClosed) await look(callIdSchema.parse(call_id), []);
    },
    idle,
    async close() {
      isClosed = true;
      for (const cancel of cancels.values()) cancel();
      await idle();
    },
  };
}

async function rowOf({ db }: Database, callId: CallId): Promise<CallRow | null> {
  const row = await db.selectFrom('calls').selectAll().where('call_id', '=', callId).executeTakeFirst();
  return row ?? null;
}

/** Null where the row says it already. */
async function note(
  { db }: Database,
  row: CallRow,
  found: FoundSound,
  nowEpochMs: number,
): Promise<CallChange | null> {
  const columns = {
    recording: await recordingState(db, row.number, found),
    recording_path: found.path,
  };
  if (columns.recording === row.recording && columns.recording_path === row.recording_path) return null;
  return db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('calls')
      .set(columns)
      .where('number', '=', row.number)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return null;
    const tags = (await tagsOf(trx, [row.number])).get(row.number) ?? [];
    const call = summaryOfRow({ ...row, ...columns }, tags);
    const isFound = call.recording === 'ready' || call.recording === 'incomplete';
    if (isFound) await noteEvents(trx, call.callId, [recordingReady(call, nowEpochMs)]);
    return { call, ownerKeyId: row.owner_key_id, turns: [] };
  });
}

async function recordingState(
  db: Queries,
  callNumber: number,
  { path, parts }: FoundSound,
): Promise<CallsTable['recording']> {
  if (path === null) return parts === null ? 'none' : 'pending';
  const moments = await db
    .selectFrom('moments')
    .select('moment_json')
    .where('call_number', '=', callNumber)
    .execute();
  const isIncomplete = moments.some(
    ({ moment_json }) => (JSON.parse(moment_json) as CallMoment).kind === 'recording_incomplete',
  );
  return isIncomplete ? 'incomplete' : 'ready';
}
