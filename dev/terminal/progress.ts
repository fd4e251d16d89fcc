import type { Clock } from '@parley/agent/runtime/clock';

/** What a long step shows while it runs. */
export interface Progress {
  /** Replaces what was shown. */
  show(text: string): void;
  /** Takes it away, so that something else can be printed. */
  clear(): void;
}

/** Where a log is kept and read later, a line of the same step comes at most so often. */
const LOG_EVERY_MS = 10_000;

/** On a terminal one line that changes; elsewhere a line for each step, and now and then one for how far it is. */
export function createProgress(options: {
  readonly write: (text: string) => void;
  /** null where the output is no terminal. */
  readonly columns: number | null;
  readonly clock: Clock;
}): Progress {
  const { write, columns, clock } = options;
  if (columns !== null) {
    return {
      show: (text) => write(`\r\u001b[K${text.slice(0, columns - 1)}`),
      clear: () => write('\r\u001b[K'),
    };
  }
  let last = { step: '', atMs: Number.NEGATIVE_INFINITY };
  return {
    show(text) {
      const step = text.split(':', 1)[0] ?? text;
      const nowMs = clock.nowMs();
      if (step === last.step && nowMs - last.atMs < LOG_EVERY_MS) return;
      last = { step, atMs: nowMs };
      write(`${text}\n`);
    },
    clear: () => undefined,
  };
}
