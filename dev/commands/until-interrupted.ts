import { type Clock, createMonotonicClock } from '@parley/agent/runtime/clock';
import { createProgress, type Progress } from '../terminal/progress.ts';
import { createInterruption } from './interruption.ts';

/** The exit code of a process that was interrupted before it had done what it was asked for. */
const INTERRUPTED = 130;

/** What a command that runs until it is interrupted works with. */
export interface Session {
  readonly clock: Clock;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly interrupted: Promise<void>;
  readonly progress: Progress;
  /** Prints a line that stays. */
  say(text: string): void;
}

/** Runs a command that ends when the process is asked to; resolves with the exit code. */
export async function untilInterrupted(run: (session: Session) => Promise<void>): Promise<number> {
  const clock = createMonotonicClock();
  const columns = process.stderr.isTTY ? (process.stderr.columns ?? 80) : null;
  const progress = createProgress({ write: (text) => process.stderr.write(text), columns, clock });
  const interruption = createInterruption();
  // Whoever read the output may be gone, as after `npm start | grep -m1 ready`; what runs goes on.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const say = (text: string) => {
    progress.clear();
    process.stdout.write(`${text}\n`);
  };
  try {
    const { signal, happened } = interruption;
    await run({ clock, signal, interrupted: happened, progress, say });
    return 0;
  } catch (error) {
    progress.clear();
    if (interruption.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    interruption.close();
  }
}
