import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { build, type Plugin } from 'esbuild';
import { osEnvironment } from '../../../settings/os-environment.ts';

/** A line of the agent's log, or what else it said, as `msg`. */
export type LogLine = { readonly msg: string; readonly [field: string]: unknown };

/** The agent with its supervisor and its processes, as it is built, but with calls that only sit in their room. */
export interface TestAgent {
  readonly pid: number;
  readonly log: readonly LogLine[];
  /** Resolves with the first line that matches, past ones among them. */
  waitForLine(matches: (line: LogLine) => boolean, timeoutMs?: number): Promise<LogLine>;
  /** Pids of its worker processes, in the order of their start; those that ended among them. */
  processPids(): readonly number[];
  signal(name: NodeJS.Signals): void;
  /** Lets go of it, as a parent does that dies. */
  abandon(): void;
  /** Resolves with the exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Ends it, however it takes it. */
  close(): Promise<void>;
}

const clock = createMonotonicClock();
const POLL_MS = 10;
/** Longer than anything takes on a busy machine. */
const GIVE_UP_MS = 20_000;

export async function startTestAgent(environment: Readonly<Record<string, string>>): Promise<TestAgent> {
  const { PATH } = osEnvironment();
  const child = spawn(process.execPath, [await buildAgent()], {
    env: { PATH, PARLEY_HEALTH_PORT: '0', LOG_LEVEL: 'debug', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log: LogLine[] = [];
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output as NodeJS.ReadableStream }).on('line', (text) =>
      log.push(readLine(text)),
    );
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    pid: child.pid ?? 0,
    log,
    async waitForLine(matches, timeoutMs = GIVE_UP_MS) {
      return eventually(`such a line`, () => log.find(matches), timeoutMs).catch((error) => {
        throw new Error(
          `${error.message}; the log was\n${log.map((line) => JSON.stringify(line)).join('\n')}`,
        );
      });
    },
    processPids: () =>
      log.filter(({ msg }) => msg === 'a worker process started').map(({ pid }) => Number(pid)),
    signal: (name) => child.kill(name),
    abandon: () => child.disconnect(),
    exited,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGINT');
      await Promise.race([exited, delay(clock, 8_000)]);
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Looks again and again until there is something to see; rejects after `timeoutMs`. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | null | Promise<T | undefined | null>,
  timeoutMs = GIVE_UP_MS,
): Promise<T> {
  const givesUpAtMs = clock.nowMs() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null) return seen;
    if (clock.nowMs() > givesUpAtMs) throw new Error(`no ${what} within ${timeoutMs} ms`);
    await delay(clock, POLL_MS);
  }
}

function readLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { msg: text };
  }
}

const AGENT = fileURLToPath(new URL('../../../../agent/', import.meta.url));

/** What the agent depends on is found from where it is built; workspace packages, and what only they need, go in. */
const npmPackagesOutside: Plugin = {
  name: 'npm-packages-outside',
  setup({ onResolve }) {
    const { dependencies } = JSON.parse(readFileSync(join(AGENT, 'package.json'), 'utf8'));
    const isOutside = (path: string) =>
      path.startsWith('node:') || path.split('/', path.startsWith('@') ? 2 : 1).join('/') in dependencies;
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind !== 'entry-point' && !path.startsWith('@parley/') && isOutside(path)
        ? { path, external: true }
        : undefined,
    );
  },
};

/** Builds the agent where the packages of the agent resolve, and returns the path of its main file. */
async function buildAgent(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: {
      main: join(AGENT, 'src/main.ts'),
      'worker/process': fileURLToPath(new URL('./sitting-process.ts', import.meta.url)),
    },
    outdir: 'out',
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    plugins: [npmPackagesOutside],
  });
  const hash = createHash('sha256');
  for (const { contents } of outputFiles) hash.update(contents);
  const folder = join(AGENT, 'node_modules/.cache/parley-test-agent', hash.digest('hex').slice(0, 32));
  const main = join(folder, 'main.js');
  if (existsSync(main)) return main;
  const unfinished = `${folder}.${process.pid}`;
  for (const { path, contents } of outputFiles) {
    const target = join(unfinished, path.slice(path.lastIndexOf('/out/') + '/out/'.length));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, contents);
  }
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another run of the tests has just built the same.
    if (!existsSync(main)) throw error;
  }
  return main;
}
