import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Folders that hold results and no sources. */
const SKIPPED = new Set(['node_modules', 'dist', '.git']);
const TESTS = /\.(test|contract)\.tsx?$/;

/**
 * SHA-256 over the names and contents of these files and of all files in these folders, tests left out. Two digests are
 * equal where a build gives the same result.
 */
export async function sourcesDigest(root: string, paths: readonly string[]): Promise<string> {
  const files = (await Promise.all(paths.map((path) => filesAt(join(root, path))))).flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256');
  for (const [index, file] of files.entries()) {
    const content = contents[index] ?? Buffer.alloc(0);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function filesAt(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const nested = entries.map((entry) => {
    if (SKIPPED.has(entry.name) || TESTS.test(entry.name)) return [];
    return entry.isDirectory() ? filesAt(join(path, entry.name)) : [join(path, entry.name)];
  });
  return (await Promise.all(nested)).flat();
}
