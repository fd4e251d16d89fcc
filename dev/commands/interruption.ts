/** A person or a system asks this process to end. */
export interface Interruption {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly happened: Promise<void>;
  /** Stops listening: the next signal ends the process in the system's own way. */
  close(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The reason of the signal that an interruption aborts with. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly code = 'interrupted';
}

/** Listens for the signals that ask this process to end; further ones change nothing, as the first is being followed. */
export function createInterruption(): Interruption {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Interrupted('interrupted'));
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const happened = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return {
    signal: controller.signal,
    happened,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, interrupt);
    },
  };
}
