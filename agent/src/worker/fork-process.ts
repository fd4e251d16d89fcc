import { fork } from 'node:child_process';
import type { Clock } from '../runtime/clock.ts';
import type { ParentMessage, ProcessArgument } from './process-messages.ts';

/** A worker process, seen from its supervisor. */
export interface ForkedProcess {
  readonly pid: number | undefined;
  tell(message: ParentMessage): void;
  /** Ends it without asking. */
  kill(): void;
}

export interface ForkedProcessEvents {
  readonly onMessage: (message: unknown) => void;
  /** Called once, after its last message. */
  readonly onExit: (exit: { readonly code: number | null; readonly cause: string }) => void;
}

export type ForkProcess = (argument: ProcessArgument, events: ForkedProcessEvents) => ForkedProcess;

/** How long messages that the process sent before its end may still take to be read. */
const LAST_WORDS_MS = 200;

/**
 * Forks `entry` with Node. The process ends by itself when this one is gone, as its channel closes then. Node raises
 * the soft limit of file descriptors to the hard one at its start, so nothing is to be done about that here.
 */
export function createForkProcess(entry: string, clock: Clock): ForkProcess {
  return (argument, { onMessage, onExit }) => {
    const child = fork(entry, [JSON.stringify(argument)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let isOver = false;
    const over = (code: number | null, cause: string) => {
      if (isOver) return;
      isOver = true;
      onExit({ code, cause });
    };
    child.on('message', (message) => {
      if (!isOver) onMessage(message);
    });
    child.on('error', (error) => {
      // A process that never came to be has no exit; any other error is of a message that found no reader.
      if (child.pid === undefined) over(null, error.message);
    });
    child.on('exit', (code, signal) => {
      const cause = signal ?? `exit code ${code}`;
      if (!child.connected) return over(code, cause);
      child.once('disconnect', () => over(code, cause));
      clock.at(clock.nowMs() + LAST_WORDS_MS, () => over(code, cause));
    });
    return {
      pid: child.pid,
      tell: (message) => {
        if (child.connected) child.send(message, () => {});
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
