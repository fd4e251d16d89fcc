import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ModelFile } from './model-file.ts';

/** What a file is: the model, another file, or none. */
export async function checkFile(path: string, model: ModelFile): Promise<'right' | 'wrong' | 'absent'> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return 'absent';
  return faultOf(bytes, model) === null ? 'right' : 'wrong';
}

/** Why these bytes are not the model, or null. */
export function faultOf(bytes: Uint8Array, model: ModelFile): string | null {
  if (bytes.length !== model.bytes)
    return `${model.file} has ${bytes.length} bytes instead of ${model.bytes}`;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return sha256 === model.sha256 ? null : `${model.file} has SHA-256 ${sha256} instead of ${model.sha256}`;
}

/** The file appears whole or not at all, also where two processes fetch it at the same time. */
export async function keepFile(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}
