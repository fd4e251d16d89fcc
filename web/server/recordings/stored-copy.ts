import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CallId } from '@parley/contracts/ids';
import { joinParts } from '@parley/recordings/join-parts';
import type { ObjectStore, StoredObject } from '../object-store/object-store.ts';
import { StoreError } from '../object-store/store-error.ts';

/** A file on this disk as it was read. One of that name with another mark is another file. */
interface FileMark {
  readonly sizeBytes: number;
  readonly changedAtEpochMs: number;
  readonly inode: number;
  /** Hex. */
  readonly sha256: string;
}

/** A file that is to lie in the store too. */
interface Copying {
  readonly store: ObjectStore;
  readonly key: string;
  /** Of the file on this disk. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/**
 * Puts a recording into the store, and resolves once the store has confirmed that it has this very file. Another recording
 * of the call that lies there, since sound of it came late, is joined with this one first. Rejects with `StoreError` or an
 * error of the disk or the connection; whatever happens, no sound goes from here.
 */
export async function storeRecording(
  copying: Copying & { readonly folder: string; readonly callId: CallId },
): Promise<FileMark> {
  const { store, key, path, signal } = copying;
  let mark = await readMark(path);
  const there = await store.look(key, { signal });
  if (isCopy(there, mark)) return mark;
  if (there !== null) {
    await joinStored(copying, there);
    mark = await readMark(path);
  }
  await putConfirmed(copying, mark, 'audio/wav');
  return mark;
}

/** The same of the picture, which is made anew with each joining, so that the one here is the right one. */
export async function storePeaks(copying: Copying): Promise<void> {
  const mark = await readMark(copying.path);
  const there = await copying.store.look(copying.key, { signal: copying.signal });
  if (!isCopy(there, mark)) await putConfirmed(copying, mark, 'application/json');
}

/** Whether the file of that name is the one that was read. */
export async function isSameFile(path: string, mark: FileMark): Promise<boolean> {
  const { size, mtimeMs, ino } = await stat(path);
  return size === mark.sizeBytes && mtimeMs === mark.changedAtEpochMs && ino === mark.inode;
}

async function putConfirmed(
  { store, key, path, signal }: Copying,
  { sizeBytes, sha256 }: FileMark,
  contentType: string,
): Promise<void> {
  await store.put(key, { sizeBytes, sha256, contentType, open: () => createReadStream(path) }, { signal });
  if (!isCopy(await store.look(key, { signal }), { sizeBytes, sha256 }))
    throw new StoreError('not_confirmed', `The store of recordings took ${key}, and does not have it.`);
}

function isCopy(there: StoredObject | null, mark: Pick<FileMark, 'sizeBytes' | 'sha256'>): boolean {
  return there !== null && there.sizeBytes === mark.sizeBytes && there.sha256 === mark.sha256;
}

async function readMark(path: string): Promise<FileMark> {
  const { size, mtimeMs, ino } = await stat(path);
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return { sizeBytes: size, changedAtEpochMs: mtimeMs, inode: ino, sha256: hash.digest('hex') };
}

/** What lies in the store counts as one more part of the recording here. */
async function joinStored(
  { store, key, signal, folder, callId }: Copying & { readonly folder: string; readonly callId: CallId },
  { tag, sizeBytes }: StoredObject,
): Promise<void> {
  const ending = '.from-store';
  const isLeft = (name: string) => name.startsWith(`${callId}.`) && name.endsWith(ending);
  for (const name of await readdir(folder)) if (isLeft(name)) await rm(join(folder, name), { force: true });
  if (sizeBytes === 0) return;
  const fetched = join(folder, `${callId}.${randomUUID()}${ending}`);
  try {
    const content = await store.read(key, { tag, first: 0, last: sizeBytes - 1 }, { signal });
    await pipeline(content, createWriteStream(fetched, { flags: 'wx', mode: 0o600 }), { signal });
    await joinParts({ folder, callId, parts: [fetched] });
  } finally {
    await rm(fetched, { force: true });
  }
}
