import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { StoredCall } from '@parley/engine/replay/read-journal';
import { storedRows } from '@parley/engine/replay/stored-rows';
import { timelineTest } from '@parley/engine/replay/timeline-test';
import { ReplayError } from './replay-error.ts';

/**
 * Writes a stored call as a test, formatted as the project's files are. It wants the commands of the journal. A file that
 * is there is never overwritten. Rejects with `ReplayError`.
 */
export async function writeTestFromJournal(options: {
  /** The project's folder. */
  readonly root: string;
  readonly journalFile: string;
  readonly call: StoredCall;
  readonly testFile: string;
}): Promise<void> {
  const { root, journalFile, call, testFile } = options;
  if (!testFile.endsWith('.test.ts'))
    throw new ReplayError('misuse', `${testFile}: the name of a test ends in .test.ts`);
  const table = storedRows(call);
  if (table.kind === 'foreignCommand') {
    throw new ReplayError(
      'misuse',
      `No test can be made: this engine knows no ${table.type} as in the step of seq ${table.seq}. Make it with engine ${call.header.engineVersion}, which wrote the journal.`,
    );
  }
  const { callId, generation } = call.header;
  const source = timelineTest({
    name: `decides as call ${callId} was decided`,
    comment: [
      `Made from ${basename(journalFile)}, generation ${generation}, by: npm run replay -- --as-test`,
    ],
    settings: call.settings,
    rows: table.rows,
  });
  try {
    await writeFile(testFile, await format(root, source), { flag: 'wx' });
  } catch (error) {
    if (error instanceof ReplayError) throw error;
    throw new ReplayError(
      'misuse',
      `${testFile} cannot be written: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Formats as `engine/call/` is formatted, wherever the file will lie. */
async function format(root: string, source: string): Promise<string> {
  const biome = resolve(root, 'node_modules/.bin/biome');
  const args = ['format', `--stdin-file-path=${join('engine', 'call', 'made.test.ts')}`];
  const formatter = spawn(biome, args, { cwd: root });
  const code = new Promise<number | null>((settle, reject) => {
    formatter.once('error', reject);
    formatter.once('close', settle);
  });
  formatter.stdin.end(source);
  const [formatted, words, ended] = await Promise.all([text(formatter.stdout), text(formatter.stderr), code]);
  if (ended !== 0) throw new Error(`the test could not be formatted: ${words}`);
  return formatted;
}
