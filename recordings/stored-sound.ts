import { type FileHandle, open } from 'node:fs/promises';
import { LONGEST_HEADER_BYTES, PAIR_BYTES, type RecordingInfo, readWavHeader } from './wav-file.ts';

/** A recording or a part of one as it lies on disk, whole or as a killed process left it. */
export interface StoredSound {
  readonly info: RecordingInfo;
  /** Where its sound begins in the file, in bytes. */
  readonly soundAt: number;
  /** Whole samples of both channels that are there, whatever the header says. */
  readonly length: number;
}

/** Looks into an open file. Null where it is none of ours, or its process died before the header was whole. */
export async function readStoredSound(file: FileHandle): Promise<StoredSound | null> {
  const { size } = await file.stat();
  const head = Buffer.alloc(Math.min(size, LONGEST_HEADER_BYTES));
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const header = readWavHeader(head.subarray(0, bytesRead));
  return header === null ? null : { ...header, length: Math.floor((size - header.soundAt) / PAIR_BYTES) };
}

/** The same of a file by its name; null also where there is no such file. */
export async function readStoredSoundOf(name: string): Promise<StoredSound | null> {
  try {
    const file = await open(name, 'r');
    try {
      return await readStoredSound(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
