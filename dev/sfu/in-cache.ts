import { existsSync } from 'node:fs';
import type { Way } from './attempt.ts';
import { programVersion } from './program-version.ts';

/** What an earlier start downloaded or built. */
export function inCache(options: { readonly path: string; readonly version: string }): Way {
  const { path, version } = options;
  return {
    name: 'in the cache',
    async try(signal) {
      if (!existsSync(path)) return { kind: 'missed', why: `${path} does not exist` };
      const found = await programVersion(path, signal);
      if (found === version) return { kind: 'found', path };
      return { kind: 'missed', why: `${path} ${found === null ? 'does not run' : `is ${found}`}; delete it` };
    },
  };
}
