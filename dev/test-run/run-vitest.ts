import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@parley/agent/runtime/clock';
import { startChild } from '../processes/child.ts';
import { settlesWithin } from '../processes/settles-within.ts';
import type { Watchdog } from '../processes/watchdog.ts';
import { countReport, type LevelResult, missingReport } from './level-result.ts';

/** Vitest gets a moment to end its forks before their group is killed. */
const STOP = { signals: ['SIGINT'], graceMs: 3_000 } as const;

/** Runs vitest with these arguments and counts its report; what it prints is passed on line by line. */
export async function runVitest(options: {
  readonly root: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs: number;
  readonly clock: Clock;
  readonly watchdog: Watchdog;
  /** Abort ends it. */
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  /** How much is printed: files as they end, or tests. Default: files. */
  readonly prints?: 'files' | 'tests';
}): Promise<LevelResult> {
  const { root, clock, signal, limitMs, prints = 'files' } = options;
  const folder = await mkdtemp(join(tmpdir(), 'parley-tests-'));
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const child = await startChild({
    name: 'vitest',
    command: process.execPath,
    args: [
      vitest,
      'run',
      ...options.args,
      prints === 'files' ? '--reporter=default' : '--reporter=verbose',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    env: options.env,
    cwd: root,
    hasChannel: false,
    clock,
    watchdog: options.watchdog,
    onLine: options.onLine,
  });
  const stop = () => void child.stop(STOP);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const isInTime = await settlesWithin(clock, child.ended, limitMs);
    if (!isInTime) {
      await child.stop(STOP);
      return missingReport(`it was still running after ${Math.round(limitMs / 60_000)} min, and was stopped`);
    }
    const { code } = await child.ended;
    signal.throwIfAborted();
    const json = await readFile(report, 'utf8').catch(() => null);
    if (json === null) return missingReport(`vitest ended with ${code ?? 'a signal'} and left no report`);
    return countReport(json, code);
  } finally {
    signal.removeEventListener('abort', stop);
    await rm(folder, { recursive: true, force: true });
  }
}
