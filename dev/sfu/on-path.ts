import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Way } from './attempt.ts';
import { programVersion } from './program-version.ts';

/** The program that a person installed. Any version that answers is taken: it is their choice. */
export function onPath(options: { readonly program: string; readonly searchPath: string }): Way {
  const { program, searchPath } = options;
  return {
    name: 'on the PATH',
    async try(signal) {
      const path = searchPath
        .split(delimiter)
        .filter(Boolean)
        .map((folder) => join(folder, program))
        .find((candidate) => existsSync(candidate));
      if (path === undefined) return { kind: 'missed', why: `no ${program} there` };
      if ((await programVersion(path, signal)) === null)
        return { kind: 'missed', why: `${path} does not run` };
      return { kind: 'found', path };
    },
  };
}
