import { watch } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@parley/agent/runtime/clock';

/** Where the code of the server and the agent is. */
const FOLDERS = ['contracts', 'engine', 'recordings', 'agent/src', 'web/server'];
/** An editor writes several files, or one several times; this long after the last the change is complete. */
const SETTLED_MS = 150;

/** Calls `onChange` when sources have changed and come to rest, and not again before it has resolved. */
export function watchSources(options: {
  readonly root: string;
  readonly clock: Clock;
  readonly onChange: () => Promise<void>;
}): { close(): void } {
  const { root, clock, onChange } = options;
  let cancel: () => void = () => undefined;
  let running: Promise<void> = Promise.resolve();
  const settle = () => {
    cancel();
    cancel = clock.at(clock.nowMs() + SETTLED_MS, () => {
      running = running.then(onChange);
    });
  };
  const watchers = FOLDERS.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (file === null || (/\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))) settle();
    }),
  );
  return {
    close() {
      cancel();
      for (const watcher of watchers) watcher.close();
    },
  };
}
