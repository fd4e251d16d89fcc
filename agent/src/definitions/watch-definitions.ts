import { type Clock, delay } from '../runtime/clock.ts';
import type { DefinitionFiles } from './definition-files.ts';

/**
 * How often the folders are looked at, in ms. A change counts at the second look that finds it, so a call that begins a
 * second after the save has it. Looking is cheap (two `stat` a file), and unlike the system's own notices it sees every
 * way of saving, on network and container mounts too.
 */
const LOOK_EVERY_MS = 500;

/** Looks at agent files until it is closed. */
export function watchDefinitions(options: {
  readonly files: Pick<DefinitionFiles, 'look'>;
  readonly onChanged: () => void;
  readonly clock: Clock;
}): {
  /** Resolves when the look under way is over. Safe to call twice. */
  close(): Promise<void>;
} {
  const closing = new AbortController();
  const { signal } = closing;
  const loop = async () => {
    while (!signal.aborted) {
      await delay(options.clock, LOOK_EVERY_MS, signal).catch(() => {});
      if (signal.aborted) return;
      const hasChanged = await options.files.look();
      if (hasChanged && !signal.aborted) options.onChanged();
    }
  };
  const ended = loop();
  return {
    close() {
      closing.abort(new Error('the agent files are no longer watched'));
      return ended;
    },
  };
}
