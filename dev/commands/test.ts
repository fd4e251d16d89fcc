import { parseArgs } from 'node:util';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { BUILD_NAMES, buildParley } from '../build/build.ts';
import { startWatchdog } from '../processes/watchdog.ts';
import { projectFolder } from '../project-folder.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { findLivekitServer } from '../sfu/find-livekit-server.ts';
import { createProgress } from '../terminal/progress.ts';
import { hermeticEnvironment } from '../test-run/hermetic-environment.ts';
import { LEVEL_LIMIT_MS, LEVELS, type Level } from '../test-run/level.ts';
import {
  afterSecondLook,
  filesForSecondLook,
  type LevelResult,
  missingReport,
} from '../test-run/level-result.ts';
import { runVitest } from '../test-run/run-vitest.ts';
import { ensureSystemPackages } from '../test-run/system-packages.ts';
import { createInterruption } from './interruption.ts';

/** `npm test [-- --level pure] [-- file ...]`: gets what the tests need, runs every level, and counts. */
export function test(args: readonly string[]): Promise<number> {
  const { levels, filters } = parseTestArgs(args);
  return runLevels(levels, filters, {});
}

/** `npm run test:long -- <name>`: the tests whose file is named so, in full. */
export function testLong(args: readonly string[]): Promise<number> {
  const { levels, filters } = parseTestArgs(args);
  if (filters.length === 0) {
    throw new TestArgsError(
      'Name the tests to run in full by a part of their file, for example: npm run test:long -- call.room',
    );
  }
  return runLevels(levels, filters, { PARLEY_TEST_LONG: '1' });
}

/** Proofs in full take as long as they take; a day is a stuck one. */
const FULL_SIZE_LIMIT_MS = 86_400_000;

/** A level that does not exist, or no name where one is needed. */
class TestArgsError extends Error {
  override readonly name = 'TestArgsError';
  readonly code = 'invalid_flag';
}

function parseTestArgs(args: readonly string[]): { levels: readonly Level[]; filters: readonly string[] } {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { level: { type: 'string', multiple: true } },
    allowPositionals: true,
  });
  const asked = values.level ?? LEVELS;
  const unknown = asked.filter((name) => !LEVELS.some((level) => level === name));
  if (unknown.length > 0)
    throw new TestArgsError(`There is no level ${unknown.join(', ')}. There are: ${LEVELS.join(', ')}.`);
  return { levels: LEVELS.filter((level) => asked.includes(level)), filters: positionals };
}

async function runLevels(
  levels: readonly Level[],
  filters: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  const clock = createMonotonicClock();
  const root = projectFolder();
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const interruption = createInterruption();
  const watchdog = startWatchdog();
  const { signal } = interruption;
  const env = { ...hermeticEnvironment(), ...settings };
  const results: LevelResult[] = [];
  const run = async (level: Level) => {
    const startedAtMs = clock.nowMs();
    const passes = levels.length < LEVELS.length || filters.length > 0 ? ['--passWithNoTests'] : [];
    const isProof = 'PARLEY_TEST_LONG' in settings;
    const limitMs = isProof ? FULL_SIZE_LIMIT_MS : LEVEL_LIMIT_MS[level];
    const look = (...args: readonly string[]) =>
      runVitest({
        root,
        args: ['--project', level, ...args],
        env,
        limitMs,
        clock,
        watchdog,
        signal,
        onLine: say,
      });
    const first = await look(...passes, ...filters);
    const again = level === 'pure' || isProof ? [] : filesForSecondLook(first);
    const result = again.length === 0 ? first : afterSecondLook(first, await look(...again));
    const { passed, failed, skipped } = result;
    const seconds = Math.round((clock.nowMs() - startedAtMs) / 1_000);
    say(`level ${level}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s\n`);
    results.push(result);
  };
  try {
    // The first level needs nothing, so it runs beside whatever the others still wait for.
    const ready = setUp({ root, levels, signal, say, clock }).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (levels.includes('pure')) await run('pure');
    const fault = await ready;
    for (const level of levels.filter((name) => name !== 'pure')) {
      if (fault === null) await run(level);
      else results.push(missingReport(`set-up failed: ${fault}`));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    say('interrupted');
    return 130;
  } finally {
    watchdog.close();
    interruption.close();
  }
  for (const { test: name, why } of results.flatMap(({ failures }) => failures))
    say(`FAILED ${name}\n       ${why}`);
  for (const { test: name, why } of results.flatMap(({ unsteady }) => unsteady))
    say(`UNSTEADY ${name}\n       failed first, and passed when its file ran alone: ${why}`);
  const sum = (count: (result: LevelResult) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const failed = sum((result) => result.failed);
  if (filters.length > 0 && failed + sum(({ passed, skipped }) => passed + skipped) === 0) {
    throw new TestArgsError(`No test file has ${filters.join(' or ')} in its name.`);
  }
  say(`${sum((result) => result.passed)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Everything that levels beyond the first need, side by side: livekit-server, programs of the system, the build. */
async function setUp(options: {
  readonly root: string;
  readonly levels: readonly Level[];
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  readonly clock: ReturnType<typeof createMonotonicClock>;
}): Promise<void> {
  const { root, levels, signal, say, clock } = options;
  if (levels.every((level) => level === 'pure')) return;
  const { platform, arch } = process;
  const env = osEnvironment();
  const onProgress = () =>
    createProgress({ write: (text) => say(text.trimEnd()), columns: null, clock }).show;
  await Promise.all([
    findLivekitServer({ env, platform, arch, clock, signal, onProgress: onProgress() }),
    ensureSystemPackages({
      searchPath: env.PATH ?? '',
      isRoot: process.getuid?.() === 0,
      onProgress: onProgress(),
    }),
    buildParley({ root, names: BUILD_NAMES, onProgress: onProgress() }),
  ]);
}
