import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CallId, MAIN_SEAT } from '@parley/contracts/ids';
import type { UploadedFileName } from '@parley/contracts/internal-api';
import { isDeleted } from '../calls/call-rows.ts';
import type { Database } from '../database/database.ts';
import { utcMonthOf } from '../runtime/clock.ts';

/** A file of a call, as an agent on another machine sends it. */
export interface UploadedFile {
  readonly callId: CallId;
  readonly generation: number;
  readonly name: UploadedFileName;
  /** SHA-256 of the body, hex. */
  readonly sha256: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * `unknown_call`: its journal was not shipped yet, and so it is not known where the file belongs. Where the outcome is not
 * `stored`, nothing of the file stays.
 */
export type UploadOutcome = 'stored' | 'digest_mismatch' | 'deleted' | 'unknown_call';

/**
 * Keeps files of calls where an agent on this machine would have written them, below `recordings` in the data folder. A
 * file that is there is whole and on disk: it is written beside its place first.
 */
export async function storeUpload(
  { dataDir, database }: { readonly dataDir: string; readonly database: () => Database },
  file: UploadedFile,
): Promise<UploadOutcome> {
  const { callId } = file;
  const path = await pathOf({ dataDir, database: database() }, file);
  if (path === null) return (await isDeleted(database().db, callId)) ? 'deleted' : 'unknown_call';
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // With the call's id in front, so that it goes with the call where its writing never ended.
  const unfinished = `${path}.${randomUUID()}.upload`;
  try {
    if ((await writeWhole(unfinished, file.body)) !== file.sha256.toLowerCase()) return 'digest_mismatch';
    // Asked last: what is deleted from now on finds the file in its place, or its sweep does.
    if (await isDeleted(database().db, callId)) return 'deleted';
    await rename(unfinished, path);
    await syncFolder(dirname(path));
    return 'stored';
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function pathOf(
  { dataDir, database }: { readonly dataDir: string; readonly database: Database },
  { callId, generation, name }: UploadedFile,
): Promise<string | null> {
  // An id that could lead elsewhere names no file.
  if (!/^[\w-]+$/.test(callId)) return null;
  const row = await database.db
    .selectFrom('journals')
    .innerJoin('calls', 'calls.number', 'journals.call_number')
    .select('header_json')
    .where('call_id', '=', callId)
    .where('seat', '=', MAIN_SEAT)
    .where('generation', '=', generation)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { startedAtEpochMs } = JSON.parse(row.header_json) as { startedAtEpochMs: number };
  const ending = name === 'journal' ? `${MAIN_SEAT}.${generation}.ndjson` : `${generation}.wav.part`;
  return join(dataDir, 'recordings', utcMonthOf(startedAtEpochMs), `${callId}.${ending}`);
}

/** Resolves with the SHA-256 of what was written, hex, once it is on disk. */
async function writeWhole(path: string, body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of body) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
