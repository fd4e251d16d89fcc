import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeReplay } from '@parley/engine/replay/describe-replay';
import { type Replay, replayCall } from '@parley/engine/replay/replay-call';
import { projectFolder } from '../project-folder.ts';
import { loadJournal } from '../replay/load-journal.ts';
import { ReplayError } from '../replay/replay-error.ts';
import { writeTestFromJournal } from '../replay/test-from-journal.ts';
import { osEnvironment } from '../settings/os-environment.ts';

const USAGE = `npm run replay -- <journal> [--json]
npm run replay -- <journal> --as-test <file>

Feeds the events of a stored call to the engine again and compares its commands with the stored ones.
  --json          one JSON object instead of words
  --as-test FILE  writes the call as a test, for engine/call/, instead of comparing
Exit codes: 0 the same (or the test is written), 1 a difference, 2 misuse or a file that is no sound journal.
`;

/** `npm run replay -- <journal> [--json] [--as-test <file>]`: a stored call in, the same commands out. */
export async function replay(args: readonly string[]): Promise<number> {
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  try {
    const { journalFile, isJson, testFile } = parseReplayArgs(args);
    const call = await loadJournal(journalFile);
    if (testFile !== null) {
      await writeTestFromJournal({ root: projectFolder(), journalFile, call, testFile });
      say(`wrote ${testFile}; it belongs into engine/call/, and holds what was said in the call`);
      return 0;
    }
    const result = replayCall(call);
    say(isJson ? JSON.stringify(asJson(result)) : describeReplay(call, result));
    return result.outcome.kind === 'same' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function parseReplayArgs(args: readonly string[]): {
  readonly journalFile: string;
  readonly isJson: boolean;
  readonly testFile: string | null;
} {
  const { positionals, values } = parsedOrMisuse(args);
  const [journal, ...more] = positionals;
  if (journal === undefined || more.length > 0)
    throw new ReplayError('misuse', `Name one journal.\n\n${USAGE}`);
  const { json = false, 'as-test': asTest } = values;
  if (json && asTest !== undefined)
    throw new ReplayError('misuse', `--json and --as-test cannot be had together.\n\n${USAGE}`);
  // npm runs commands in the project's folder; a path is meant from where it was typed.
  const folder = osEnvironment().INIT_CWD ?? '.';
  return {
    journalFile: resolve(folder, journal),
    isJson: json,
    testFile: asTest === undefined ? null : resolve(folder, asTest),
  };
}

function parsedOrMisuse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, 'as-test': { type: 'string' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new ReplayError('misuse', `${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

/** What a script wants to know, without the states. */
function asJson({ outcome, engineVersions, events, commands, unknownEvents, earlyWakes }: Replay): object {
  const rest = { engineVersions, events, commands, unknownEvents, earlyWakes };
  if (outcome.kind === 'same') return { result: 'same', ...rest };
  const { seq, atMs, type, event, commands: stored } = outcome.step;
  const first = { seq, atMs, type, data: event?.data ?? null, stored, now: outcome.now };
  return { result: 'different', firstDifference: first, ...rest };
}
