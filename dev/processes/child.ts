import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Clock } from '@parley/agent/runtime/clock';
import { settlesWithin } from './settles-within.ts';
import type { Watchdog } from './watchdog.ts';

/** How a process ended; `code` is null where a signal ended it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a process is asked to end: by each signal in turn, `graceMs` apart. */
export interface Stop {
  readonly signals: readonly NodeJS.Signals[];
  readonly graceMs: number;
}

/** A process of ours, with its process group. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Settles, and never rejects, when it has ended. */
  readonly ended: Promise<Ending>;
  /** Its last lines on both outputs, oldest first; at most 200. */
  lastLines(): readonly string[];
  /** Asks, then kills the group. Resolves when it is gone. Safe to call twice. */
  stop(how: Stop): Promise<void>;
}

/** The file could not be run at all. */
export class ChildNotStarted extends Error {
  override readonly name = 'ChildNotStarted';
  readonly code = 'not_started';
}

const KEPT_LINES = 200;
/** How long after its end the output of a process may be held open by a grandchild before it is taken for complete. */
const OUTPUT_GRACE_MS = 500;

/** Starts a process in a group of its own. Rejects with `ChildNotStarted`. */
export async function startChild(options: {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Opens a channel that closes when this process is gone, which a Node child can notice. */
  readonly hasChannel: boolean;
  readonly clock: Clock;
  readonly watchdog: Watchdog;
  /** Each line that it prints. */
  readonly onLine?: (line: string) => void;
}): Promise<Child> {
  const { name, clock, watchdog } = options;
  const spawned = spawn(options.command, options.args, {
    env: options.env,
    cwd: options.cwd,
    detached: true,
    stdio: options.hasChannel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const take = (line: string) => {
    if (lines.push(line) > KEPT_LINES) lines.shift();
    options.onLine?.(line);
  };
  for (const output of [spawned.stdout, spawned.stderr]) {
    if (output !== null) createInterface({ input: output as Readable }).on('line', take);
  }
  const exited = once(spawned, 'exit');
  const closed = once(spawned, 'close');
  const pid = await pidOf(spawned, options.command);
  watchdog.guard(pid);
  const ended = exited.then(async (ending) => {
    // Whoever it left behind in its group has no owner any more.
    signalGroup(pid, 'SIGKILL');
    watchdog.release(pid);
    await settlesWithin(clock, closed, OUTPUT_GRACE_MS);
    return ending;
  });
  return {
    name,
    pid,
    ended,
    lastLines: () => [...lines],
    async stop({ signals, graceMs }) {
      for (const signal of signals) {
        if (spawned.exitCode !== null || spawned.signalCode !== null) break;
        spawned.kill(signal);
        await settlesWithin(clock, ended, graceMs);
      }
      if (spawned.exitCode === null && spawned.signalCode === null) signalGroup(pid, 'SIGKILL');
      await ended;
    },
  };
}

function once(spawned: ChildProcess, event: 'exit' | 'close'): Promise<Ending> {
  return new Promise((resolve) => {
    spawned.once(event, (code: number | null, signal: NodeJS.Signals | null) => resolve({ code, signal }));
  });
}

function pidOf(spawned: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    spawned.once('error', (cause) => {
      reject(new ChildNotStarted(`${command} could not be started: ${cause.message}`, { cause }));
    });
    spawned.once('spawn', () => {
      if (spawned.pid === undefined) reject(new ChildNotStarted(`${command} has no process id`));
      else resolve(spawned.pid);
    });
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group, which is what was wanted.
  }
}
