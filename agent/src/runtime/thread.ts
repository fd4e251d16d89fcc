import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, type Transferable, Worker, workerData } from 'node:worker_threads';

/** A worker thread seen from the process: messages go to it until it has ended. */
export interface Thread<ToThread> {
  /** Sends a message; what is in `transfer` is handed over without a copy. Ignored once the thread has ended. */
  post(message: ToThread, transfer?: readonly Transferable[]): void;
  /** Ends the thread in mid-work. Safe to call twice; resolves when it is gone. `onEnd` is not called for it. */
  stop(): Promise<void>;
}

/** A worker thread ended without being asked to: it threw, ran out of memory or left. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
  readonly code: 'threw' | 'exited';
  constructor(code: ThreadEnded['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Starts the file `entry`, for example `stt/embedded/recogniser.thread`: its path under `agent/src`, without extension.
 *
 * Built code finds it as `.js` beside itself: every `*.thread.ts` is an entry point of the build and keeps its place
 * in the tree. Where only the TypeScript is there (tests), it is bundled on the spot.
 */
export async function startThread<ToThread, FromThread>(options: {
  readonly entry: string;
  /** What the thread finds as `data`, cloned. */
  readonly data?: unknown;
  readonly onMessage: (message: FromThread) => void;
  /** Called once, unless `stop` was called first. */
  readonly onEnd: (reason: ThreadEnded) => void;
  /** What the thread's libraries print; it never reaches the process's own output. */
  readonly onOutput: (text: string) => void;
}): Promise<Thread<ToThread>> {
  const { entry } = options;
  const worker = new Worker(await locateEntry(entry), {
    name: entry,
    workerData: options.data,
    stdout: true,
    stderr: true,
  });
  let isOver = false;
  const endOnce = (reason: ThreadEnded) => {
    if (isOver) return;
    isOver = true;
    options.onEnd(reason);
  };
  worker.on('message', (message: FromThread) => {
    if (!isOver) options.onMessage(message);
  });
  worker.on('error', (cause) =>
    endOnce(new ThreadEnded('threw', `thread ${entry} threw: ${messageOf(cause)}`, { cause })),
  );
  worker.on('exit', (code) => endOnce(new ThreadEnded('exited', `thread ${entry} exited with code ${code}`)));
  for (const output of [worker.stdout, worker.stderr])
    output.setEncoding('utf8').on('data', options.onOutput);
  return {
    post(message, transfer = []) {
      if (!isOver) worker.postMessage(message, transfer);
    },
    async stop() {
      isOver = true;
      await worker.terminate();
    },
  };
}

/** The same seam from inside the thread. Throws where the file was not started by `startThread`. */
export function openThreadPort<ToThread, FromThread>(): {
  readonly data: unknown;
  readonly post: (message: FromThread, transfer?: readonly Transferable[]) => void;
  readonly onMessage: (take: (message: ToThread) => void) => void;
} {
  const port = parentPort;
  if (port === null) throw new Error('this file runs as a worker thread only');
  return {
    data: workerData,
    post: (message, transfer = []) => port.postMessage(message, transfer),
    onMessage: (take) => void port.on('message', take),
  };
}

/** A bundle flattens the tree, so the entry is looked for beside this file's bundle and in each folder above it. */
async function locateEntry(entry: string): Promise<string> {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const built = join(folder, `${entry}.js`);
    if (existsSync(built)) return built;
    const source = join(folder, `${entry}.ts`);
    if (existsSync(source)) {
      const { bundleThread } = await import('./thread-bundle.ts');
      return bundleThread(source);
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no thread is at ${entry}: build the agent first`);
    folder = parent;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
