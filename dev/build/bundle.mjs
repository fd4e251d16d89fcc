import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles TypeScript for Node into files of ES modules with source maps. The npm packages that the package of the
 * result depends on stay outside, as they are found from there; workspace packages, and what only they depend on, go
 * into the bundle. Each file appears whole or not at all.
 *
 * Plain JavaScript, as it also bundles the code that would otherwise run it.
 *
 * @param {object} options
 * @param {Record<string, string>} options.entries path of each result, without extension, relative to `outFolder`: its
 *   TypeScript file
 * @param {string} options.outFolder
 * @returns {Promise<readonly string[]>} the files written, as absolute paths
 */
export async function bundle({ entries, outFolder }) {
  const outside = dependenciesAt(outFolder);
  const { outputFiles } = await build({
    entryPoints: Object.entries(entries).map(([out, source]) => ({ in: source, out })),
    outdir: outFolder,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'dependencies-outside',
        setup({ onResolve }) {
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind !== 'entry-point' && outside.has(packageOf(path)) ? { path, external: true } : undefined,
          );
        },
      },
    ],
  });
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    const unfinished = `${path}.${randomUUID()}`;
    try {
      writeFileSync(unfinished, contents);
      renameSync(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
  }
  return outputFiles.map(({ path }) => path);
}

/** @param {string} folder @returns {ReadonlySet<string>} npm packages that the package around `folder` depends on */
function dependenciesAt(folder) {
  let around = folder;
  while (!existsSync(join(around, 'package.json'))) {
    const parent = dirname(around);
    if (parent === around) return new Set();
    around = parent;
  }
  const { dependencies = {} } = JSON.parse(readFileSync(join(around, 'package.json'), 'utf8'));
  return new Set(
    Object.keys(dependencies).filter((name) => !String(dependencies[name]).startsWith('workspace:')),
  );
}

/** @param {string} specifier @returns {string} `@scope/name` of `@scope/name/file`, `name` of `name/file` */
function packageOf(specifier) {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}
