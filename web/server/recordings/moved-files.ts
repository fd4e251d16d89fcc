import type { CallId } from '@parley/contracts/ids';
import type { Database } from '../database/database.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { type CallFiles, type LocalCallFiles, shownPaths } from './call-files.ts';
import { findInStore } from './found-file.ts';

/** Rows that are asked for, and files that are removed from the store, at once. */
const ROWS_AT_ONCE = 500;
const REMOVED_AT_ONCE = 8;

/**
 * Files of calls of which some are on this disk and others were moved to a store, where they lie at the same paths. Where
 * the store is needed and does not answer, it rejects with `StoreError`.
 */
export function createMovedFiles(deps: {
  readonly local: LocalCallFiles;
  readonly store: ObjectStore;
  readonly database: () => Database;
}): CallFiles {
  const { local, store, database } = deps;
  return {
    async open(place, file) {
      const found = await local.open(place, file);
      if (found !== null) return found;
      const paths = shownPaths(place);
      return paths === null ? null : findInStore(store, paths[file]);
    },
    async find(place) {
      const found = await local.find(place);
      // A recording goes from here only once the store has it.
      return { ...found, path: found.path ?? shownPaths(place)?.recording ?? null };
    },
    async remove(callIds) {
      const told = await pathsInRows(database(), [...callIds]);
      // Of a call without a row nothing but its file here says that the store may have it too.
      const lying = (await local.recordings()).filter(({ callId }) => callIds.has(callId));
      await removeRecordings(
        store,
        lying.flatMap(({ path }) => (told.includes(path) ? [] : [path])),
      );
      await local.remove(callIds);
      await removeRecordings(store, told);
    },
    callsBefore: local.callsBefore,
  };
}

/** Removes recordings and their pictures from the store. */
export async function removeRecordings(
  store: Pick<ObjectStore, 'remove'>,
  paths: readonly string[],
): Promise<void> {
  const keys = paths.flatMap((path) => [path, path.replace(/\.wav$/, '.peaks.json')]);
  for (let from = 0; from < keys.length; from += REMOVED_AT_ONCE)
    await Promise.all(keys.slice(from, from + REMOVED_AT_ONCE).map((key) => store.remove(key)));
}

async function pathsInRows({ db }: Database, callIds: readonly CallId[]): Promise<readonly string[]> {
  const paths: string[] = [];
  for (let from = 0; from < callIds.length; from += ROWS_AT_ONCE) {
    const rows = await db
      .selectFrom('calls')
      .select(['call_id', 'recording_path'])
      .where('call_id', 'in', callIds.slice(from, from + ROWS_AT_ONCE))
      .execute();
    for (const { call_id, recording_path } of rows) {
      const told = shownPaths({ callId: call_id as CallId, recordingPath: recording_path });
      if (told !== null) paths.push(told.recording);
    }
  }
  return paths;
}
