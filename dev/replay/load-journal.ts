import { readFile } from 'node:fs/promises';
import { readJournal, type StoredCall } from '@parley/engine/replay/read-journal';
import { ReplayError } from './replay-error.ts';

/** Reads a journal from its file. Rejects with `ReplayError`, which names the file and the line. */
export async function loadJournal(file: string): Promise<StoredCall> {
  const read = readJournal(await readText(file));
  if (read.kind === 'call') return read.call;
  throw new ReplayError(
    'no_journal',
    `${file} is no sound journal: line ${read.lineNumber} ${read.why}.\nJournals are the .ndjson files below recordings/ in the data folder (PARLEY_DATA).`,
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ReplayError(
      'no_journal',
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}
