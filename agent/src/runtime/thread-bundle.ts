import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a thread's TypeScript runnable where nothing was built, and returns the path of the result. It lies under the
 * package's `node_modules/.cache`, named by its content: npm packages resolve from there as from the source, and
 * processes that bundle at the same time do not disturb each other.
 */
export async function bundleThread(source: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // Workspace packages are TypeScript and go into the bundle; npm packages stay outside.
    plugins: [
      {
        name: 'npm-packages-outside',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@parley/') ? undefined : { path, external: true },
          );
        },
      },
    ],
    logLevel: 'silent',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const folder = join(packageFolderOf(source), 'node_modules', '.cache', 'parley-threads');
  const target = join(folder, `${createHash('sha256').update(code).digest('hex').slice(0, 32)}.mjs`);
  if (existsSync(target)) return target;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, target);
  return target;
}

function packageFolderOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${file} belongs to no package`);
    folder = parent;
  }
  return folder;
}
