import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeReplay } from '@parley/engine/replay/describe-replay';
import { replayCall } from '@parley/engine/replay/replay-call';
import { loadJournal } from './load-journal.ts';
import { ReplayError } from './replay-error.ts';

/**
 * Replays every journal of a data folder. Rejects with `ReplayError` at the first that is faulty, comes out otherwise, or
 * was woken early.
 *
 * @returns how many there are
 */
export async function replayFolder(dataDir: string): Promise<number> {
  const files = await journalsOf(dataDir);
  for (const file of files) {
    const call = await loadJournal(file);
    const replay = replayCall(call);
    if (replay.outcome.kind === 'same' && replay.earlyWakes.length === 0) continue;
    throw new ReplayError('different', `${file}\n${describeReplay(call, replay)}`);
  }
  return files.length;
}

/** A folder without a call has none. */
async function journalsOf(dataDir: string): Promise<readonly string[]> {
  const recordings = join(dataDir, 'recordings');
  const names = await readdir(recordings, { recursive: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .map((name) => join(recordings, name));
}
