import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { LinePlace } from './journal-source.ts';

const cursorSchema = z.object({ seq: z.number().int().min(0), offset: z.number().int().min(0) });

/** `<journal>.shipped`: up to where the server has confirmed a journal. Without an owner beside it: all of it. */
export function cursorPath(journal: string): string {
  return `${journal}.shipped`;
}

/** Null where nothing is known; then the server says what it has. */
export async function readCursor(journal: string): Promise<LinePlace | null> {
  try {
    return cursorSchema.parse(JSON.parse(await readFile(cursorPath(journal), 'utf8')));
  } catch {
    // It is an economy: without it lines are shipped again, which the server takes without harm.
    return null;
  }
}

/** Replaces it as a whole. Rejects where the disk refuses. */
export async function writeCursor(journal: string, { seq, offset }: LinePlace): Promise<void> {
  const fresh = `${cursorPath(journal)}.new`;
  await writeFile(fresh, JSON.stringify({ seq, offset }), { mode: 0o600 });
  await rename(fresh, cursorPath(journal));
}
