import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds `pnpm-workspace.yaml`. Looked for upwards, as this code runs from its source and, bundled, from
 * `dev/dist`.
 */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'pnpm-workspace.yaml'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error('this file stands outside the project: no pnpm-workspace.yaml above it');
    folder = parent;
  }
  return folder;
}
