import { parseArgs } from 'node:util';
import { PROVIDERS } from '@parley/agent/call/choose-providers';
import { type ProviderAccess, readProviderAccess } from '@parley/agent/config/provider-variables';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Provider } from '@parley/agent/runtime/provider';
import { z } from 'zod';
import { readProjectSettings } from '../parley/settings-of-project.ts';
import { startWatchdog } from '../processes/watchdog.ts';
import { projectFolder } from '../project-folder.ts';
import type { Settings } from '../settings/layers.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { hermeticEnvironment } from '../test-run/hermetic-environment.ts';
import { runVitest } from '../test-run/run-vitest.ts';
import { whyNotLive } from '../tests/live/why-not-live.ts';
import { createInterruption } from './interruption.ts';

/** Several minutes of speech a vendor, one after another; longer is stuck. */
const LIMIT_MS = 60 * 60_000;

/** A provider that does not exist, or an address that is none. */
class TestLiveError extends Error {
  override readonly name = 'TestLiveError';
  readonly code = 'invalid_flag';
}

/**
 * `npm run test:live [-- provider ...]`: the contract suites against the vendors in earnest, with the keys and addresses
 * that `npm start` would use, from the same places. It costs what it asks of them. Who cannot be asked is skipped with the
 * reason; without anybody to ask that is all it says, and no failure.
 */
export async function testLive(args: readonly string[]): Promise<number> {
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const rows = rowsOf(parseArgs({ args: [...args], allowPositionals: true }).positionals);
  const root = projectFolder();
  const environment = osEnvironment();
  const { settings } = await readProjectSettings({ root, flags: {}, environment, makesKeys: false });
  const access = accessOf(settings);
  const told = rows.map((row) => ({ ...row, reason: whyNotLive(row.provider, access) }));
  for (const { stage, provider, reason } of told)
    say(
      `${stage} ${provider.name}: ${reason === null ? `asked at ${placeOf(provider, access)}` : `skipped: ${reason}`}`,
    );
  const asked = told.filter(({ reason }) => reason === null);
  if (asked.length === 0) {
    say('nobody is asked: set a key, in the environment or in .env, as docs/guide/providers.md tells');
    return 0;
  }
  const clock = createMonotonicClock();
  const watchdog = startWatchdog();
  const interruption = createInterruption();
  try {
    const { passed, failed, skipped, failures } = await runVitest({
      root,
      args: ['--project', 'live', ...new Set(asked.map(({ stage }) => `dev/tests/live/${stage}.live`))],
      env: {
        ...hermeticEnvironment(),
        ...variablesOf(
          asked.map(({ provider }) => provider),
          settings,
        ),
        PARLEY_TEST_LIVE: '1',
      },
      limitMs: LIMIT_MS,
      clock,
      watchdog,
      signal: interruption.signal,
      onLine: say,
      prints: 'tests',
    });
    for (const { test, why } of failures) say(`FAILED ${test}\n       ${why}`);
    say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    say('interrupted');
    return 130;
  } finally {
    watchdog.close();
    interruption.close();
  }
}

interface Row {
  readonly stage: string;
  readonly provider: Provider<unknown>;
}

/** Every provider of every stage, or those named. */
function rowsOf(names: readonly string[]): readonly Row[] {
  const rows = Object.entries(PROVIDERS).flatMap(([stage, providers]) =>
    (providers as readonly Provider<unknown>[]).map((provider) => ({ stage, provider })),
  );
  const known = [...new Set(rows.map(({ provider }) => provider.name))];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new TestLiveError(`There is no provider ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  return names.length === 0 ? rows : rows.filter(({ provider }) => names.includes(provider.name));
}

function accessOf(settings: Settings): ProviderAccess {
  try {
    return readProviderAccess(Object.fromEntries([...settings].map(([name, { value }]) => [name, value])));
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const faults = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new TestLiveError(faults.join('\n'));
  }
}

function placeOf({ baseUrl }: Provider<unknown>, { baseUrls }: ProviderAccess): string {
  return baseUrl === null ? 'this process' : (baseUrls[baseUrl.variable] ?? baseUrl.usual);
}

/** The keys and addresses of those who are asked, and of nobody else. */
function variablesOf(providers: readonly Provider<unknown>[], settings: Settings): Record<string, string> {
  const names = providers.flatMap(({ key, baseUrl }) => [key, baseUrl?.variable]);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = typeof name === 'string' ? settings.get(name)?.value : undefined;
      return typeof name === 'string' && value !== undefined ? [[name, value]] : [];
    }),
  );
}
