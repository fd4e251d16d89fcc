import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CallId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import { isDeleted } from '../calls/call-rows.ts';
import type { Database } from '../database/database.ts';
import { isDatabaseAway } from '../database/is-away.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { StoreError } from '../object-store/store-error.ts';
import type { Clock } from '../runtime/clock.ts';
import { type CallFiles, type LocalCallFiles, shownPaths } from './call-files.ts';
import { removeRecordings } from './moved-files.ts';
import { isSameFile, storePeaks, storeRecording } from './stored-copy.ts';

/**
 * Moves recordings from this disk to a store, one after another. The file here is the queue: it goes once the store has
 * confirmed that it has it, and what an earlier run of the server left is found by its being here.
 */
export interface RecordingMover {
  /** The recording of a call that is over lies here as a whole. */
  move(callId: CallId): void;
  /** How many wait here for the store. */
  waiting(): number;
  /** Moves no more; what is under way is given up, and nothing is lost by it. Resolves when nothing is under way. */
  close(): Promise<void>;
}

/** How often this disk is looked through for recordings that nobody told of, in ms. */
export const LOOK_EVERY_MS = 10 * 60_000;
/** Wait after a failure, in ms, doubled with each that follows it. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;

interface MoverDeps {
  readonly dataDir: string;
  readonly local: LocalCallFiles;
  /** With those that were moved. */
  readonly files: Pick<CallFiles, 'remove'>;
  readonly store: ObjectStore;
  readonly database: () => Database;
  readonly log: Logger;
}

export function startRecordingMover({
  clock,
  random,
  ...deps
}: MoverDeps & {
  readonly clock: Clock;
  /** From 0 to under 1. */
  readonly random: () => number;
}): RecordingMover {
  const { local, store, log } = deps;
  const ending = new AbortController();
  const waiting = new Set<CallId>();
  /** Paths of recordings that the store was given while their calls were deleted. */
  const deleted = new Set<string>();
  let failures = 0;
  let running: Promise<void> | null = null;
  let cancelRetry: (() => void) | null = null;
  let cancelLook = () => {};
  let looking = Promise.resolve();

  const run = () => {
    if (running !== null || cancelRetry !== null || ending.signal.aborted) return;
    running = work().finally(() => {
      running = null;
      // Told of in the moment between the last one and this.
      if (waiting.size > 0) run();
    });
  };
  const work = async () => {
    while (!ending.signal.aborted && waiting.size + deleted.size > 0) {
      const [callId] = waiting;
      try {
        await removeRecordings(store, [...deleted]);
        deleted.clear();
        if (callId === undefined) continue;
        waiting.delete(callId);
        const left = await moveRecording(deps, callId, ending.signal);
        if (left !== null) deleted.add(left);
        failures = 0;
      } catch (error) {
        if (ending.signal.aborted) return;
        // Last in the line: a recording that can never be moved holds up no other.
        if (callId !== undefined) {
          waiting.delete(callId);
          waiting.add(callId);
        }
        tellFailure(error, callId ?? null);
        retryLater();
        return;
      }
    }
  };
  const retryLater = () => {
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (1 - random() / 2);
    failures++;
    cancelRetry = clock.at(clock.nowMs() + waitMs, () => {
      cancelRetry = null;
      run();
    });
  };
  const tellFailure = (error: unknown, callId: CallId | null) => {
    if (isDatabaseAway(error)) log.debug({ err: error }, 'recordings are moved once the database answers');
    else if (error instanceof StoreError && error.code === 'away')
      log.warn({ err: error, callId, waiting: waiting.size }, 'recordings wait here for their store');
    else log.error({ err: error, callId }, 'a recording could not be moved to the store; it stays here');
  };

  const look = () => {
    looking = lookThrough().catch((error) =>
      log.error({ err: error }, 'recordings that are to be moved could not be looked for'),
    );
  };
  const lookThrough = async () => {
    cancelLook = clock.at(clock.nowMs() + LOOK_EVERY_MS, look);
    for (const { callId } of await local.recordings()) waiting.add(callId);
    run();
  };
  look();

  return {
    move(callId) {
      waiting.add(callId);
      run();
    },
    waiting: () => waiting.size,
    async close() {
      ending.abort(new Error('the server ends'));
      cancelLook();
      cancelRetry?.();
      await looking;
      await running;
    },
  };
}

/**
 * Does nothing where there is nothing to move yet, or any more. Resolves with the path of what has to go from the store
 * again, since the call was deleted in the meantime; else null.
 */
async function moveRecording(deps: MoverDeps, callId: CallId, signal: AbortSignal): Promise<string | null> {
  const { dataDir, local, files, store, log } = deps;
  const { db } = deps.database();
  const row = await db
    .selectFrom('calls')
    .select(['state', 'created_at_ms', 'recording', 'recording_path'])
    .where('call_id', '=', callId)
    .executeTakeFirst();
  if (row === undefined) {
    if (await isDeleted(db, callId)) await files.remove(new Set([callId]));
    return null;
  }
  const isNoted = row.recording === 'ready' || row.recording === 'incomplete';
  const place = { callId, createdAtMs: row.created_at_ms, recordingPath: row.recording_path };
  const paths = shownPaths(place);
  if (row.state !== 'ended' || !isNoted || paths === null) return null;
  const isWhole = async () => {
    const { path, parts } = await local.find(place);
    return path === paths.recording && parts === null;
  };
  if (!(await isWhole())) return null;

  const recording = join(dataDir, paths.recording);
  const peaks = join(dataDir, paths.peaks);
  const copying = { store, key: paths.recording, path: recording, signal };
  const storeBoth = async () => {
    const mark = await storeRecording({ ...copying, folder: dirname(recording), callId });
    const picture = await local.open(place, 'peaks');
    await picture?.close();
    if (picture !== null) await storePeaks({ ...copying, key: paths.peaks, path: peaks });
    return mark;
  };
  // Its files go while they are read where the call is deleted; who deleted it may have asked the store before it had them.
  const mark = await storeBoth().catch(async (error) => {
    if (signal.aborted || !(await isDeleted(db, callId))) throw error;
    return null;
  });
  if (mark === null || (await isDeleted(db, callId))) return paths.recording;
  // What came late is joined by now, or about to be: then it is stored once more.
  if (!(await isWhole()) || !(await isSameFile(recording, mark))) return null;
  await rm(peaks, { force: true });
  await rm(recording, { force: true });
  log.info({ callId, bytes: mark.sizeBytes }, 'the recording is in the store');
  return null;
}
