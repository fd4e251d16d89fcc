import type { Clock } from '../runtime/clock.ts';
import { createDeferred } from '../runtime/deferred.ts';
import { startThread, type Thread } from '../runtime/thread.ts';
import { fileFault, placeFaults } from './definition-fault.ts';
import type { ModuleAnswer } from './module-answer.ts';
import type { RawDefinition } from './read-yaml.ts';

/** A module that has not exported its agent by then never will, in ms. */
const LONGEST_IMPORT_MS = 10_000;

/** What a module holds, and which files a change of makes it another. */
export type ReadModule = RawDefinition & { readonly files: readonly string[] };

/**
 * Runs the module at `path` and reads its default export; `file` is the name for its faults. Whatever the module does,
 * this resolves within 10 s and leaves nothing running.
 */
export async function readModule(file: string, path: string, clock: Clock): Promise<ReadModule> {
  const answer = await runModule(path, clock);
  const faulty = (...faults: readonly ReturnType<typeof fileFault>[]): ReadModule => ({
    kind: 'faulty',
    faults,
    files: answer.files,
  });
  switch (answer.kind) {
    case 'threw':
      return faulty(fileFault(file, answer.message, answer.at));
    case 'exportedNothing':
      return faulty(fileFault(file, 'exports no agent; write `export default defineAgent({ ... })`'));
    case 'exported': {
      const { value, notPlain, files } = answer;
      const locate = () => null;
      if (Array.isArray(value))
        return faulty(fileFault(file, 'exports a list; a file holds one agent, so give each its own'));
      const faults = notPlain.map((fault) => ({ ...fault, of: 'value' as const }));
      if (faults.length > 0) return faulty(...placeFaults(file, faults, locate));
      return { kind: 'read', value, locate, files };
    }
  }
}

async function runModule(path: string, clock: Clock): Promise<ModuleAnswer> {
  const answer = createDeferred<ModuleAnswer>();
  const threw = (message: string) => answer.resolve({ kind: 'threw', message, at: null, files: [path] });
  const cancelTimeout = clock.at(clock.nowMs() + LONGEST_IMPORT_MS, () =>
    threw(`did not end within ${LONGEST_IMPORT_MS / 1_000} s; what runs at import must come to an end`),
  );
  let thread: Thread<never> | null = null;
  try {
    thread = await startThread<never, ModuleAnswer>({
      entry: 'definitions/module.thread',
      data: path,
      onMessage: answer.resolve,
      onEnd: ({ code, message, cause }) =>
        threw(
          code === 'exited'
            ? 'leaves the process at import'
            : cause instanceof Error
              ? cause.message
              : message,
        ),
      // What a file prints while it is read is for nobody.
      onOutput: () => {},
    });
    return await answer.promise;
  } finally {
    cancelTimeout();
    await thread?.stop();
  }
}
