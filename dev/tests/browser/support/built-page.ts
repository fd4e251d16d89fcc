import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { osEnvironment } from '../../../settings/os-environment.ts';

const VITE = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin/vite.js');
const REPOSITORY = join(import.meta.dirname, '../../../..');

/** A page built by Vite into a folder of its own. */
export interface BuiltPage {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Builds the page that the project serves, as it is in the tree. */
export const buildClient = () => buildPage({ cwd: join(REPOSITORY, 'web') });

/** Builds the page of the tests that is made of LiveKit's own hooks alone. */
export const buildStockClient = () =>
  buildPage({ cwd: join(import.meta.dirname, '../fixtures/stock-client') });

/** Builds what `vite build` in `cwd` does. */
async function buildPage({ cwd }: { readonly cwd: string }): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-page-'));
  // In a process of its own: a test runner's NODE_ENV would make React's development build.
  await promisify(execFile)(
    process.execPath,
    [VITE, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'],
    { env: { ...osEnvironment(), NODE_ENV: 'production' }, cwd },
  );
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
