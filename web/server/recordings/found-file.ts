import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ObjectStore } from '../object-store/object-store.ts';

/** A file to be shown, on this disk or in the store, as it was when it was found. */
export interface FoundFile {
  readonly sizeBytes: number;
  /** As an `ETag`; another one where the content is. */
  readonly tag: string;
  /** Bytes `first` to `last`, both included. The file closes when they were read, and where their reader goes away. */
  read(first: number, last: number): Promise<Readable>;
  /** For one that is not read. */
  close(): Promise<void>;
}

/** Read at a time, in bytes: 4 s of sound. */
const CHUNK_BYTES = 256 * 1024;

/** A file is taken for another one when its size or the time of its last change differs. */
export async function foundOnDisk(file: FileHandle): Promise<FoundFile> {
  const { size, mtimeMs } = await file.stat();
  return {
    sizeBytes: size,
    tag: `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`,
    read: async (first, last) =>
      file.createReadStream({ start: first, end: last, highWaterMark: CHUNK_BYTES }),
    close: () => file.close(),
  };
}

/** Null where nothing lies there. Rejects with `StoreError`. */
export async function findInStore(store: ObjectStore, key: string): Promise<FoundFile | null> {
  const stored = await store.look(key);
  if (stored === null) return null;
  const { sizeBytes, tag } = stored;
  return {
    sizeBytes,
    tag,
    read: (first, last) => store.read(key, { tag, first, last }),
    close: async () => {},
  };
}
