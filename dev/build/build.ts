import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { agentEntries } from './agent-entries.ts';
import { buildClient } from './build-client.ts';
import { bundle } from './bundle.mjs';
import { sourcesDigest } from './sources-digest.ts';

/** What can be built on its own. */
export const BUILD_NAMES = ['agent', 'server', 'client'] as const;
export type BuildName = (typeof BUILD_NAMES)[number];

interface Target {
  readonly sources: readonly string[];
  /** Exists once built. */
  readonly result: string;
  readonly run: (root: string) => Promise<void>;
}

/** Whatever is built depends on these. */
const SHARED = ['contracts', 'engine', 'recordings', 'pnpm-lock.yaml', 'dev/build'];

const TARGETS: Readonly<Record<BuildName, Target>> = {
  agent: {
    sources: [...SHARED, 'agent/package.json', 'agent/src'],
    result: 'agent/dist/main.js',
    run: async (root) => {
      await bundle({ entries: agentEntries(root), outFolder: join(root, 'agent', 'dist') });
    },
  },
  server: {
    sources: [...SHARED, 'web/package.json', 'web/server'],
    result: 'web/dist/server/main.js',
    run: async (root) => {
      const entries = { main: join(root, 'web', 'server', 'main.ts') };
      await bundle({ entries, outFolder: join(root, 'web', 'dist', 'server') });
    },
  },
  client: {
    sources: [...SHARED, 'web/package.json', 'web/vite.config.ts', 'web/vite', 'web/client'],
    result: 'web/dist/client/index.html',
    run: (root) => buildClient(root, join(root, 'web', 'dist', 'client')),
  },
};

/** The sources do not build. The message holds what the compiler said. */
export class BuildFailed extends Error {
  override readonly name = 'BuildFailed';
  readonly code = 'build_failed';
}

/** Builds what changed since its last build, and resolves with the names of that. Rejects with `BuildFailed`. */
export async function buildParley(options: {
  readonly root: string;
  readonly names: readonly BuildName[];
  readonly onProgress: (text: string) => void;
}): Promise<readonly BuildName[]> {
  const { root, onProgress, names } = options;
  const built = await Promise.all(
    names.map(async (name) => ({ name, hasChanged: await buildIfChanged(root, name, onProgress) })),
  );
  return built.filter(({ hasChanged }) => hasChanged).map(({ name }) => name);
}

async function buildIfChanged(
  root: string,
  name: BuildName,
  onProgress: (text: string) => void,
): Promise<boolean> {
  const target = TARGETS[name];
  // Beside the packages' results and not among them, so that no build wipes it out.
  const stamp = join(root, 'node_modules', '.cache', 'parley-build', name);
  const digest = await sourcesDigest(root, target.sources);
  const isBuilt =
    existsSync(join(root, target.result)) && existsSync(stamp) && (await readFile(stamp, 'utf8')) === digest;
  if (isBuilt) return false;
  onProgress(`building the ${name}`);
  await rm(stamp, { force: true });
  try {
    await target.run(root);
  } catch (cause) {
    throw new BuildFailed(`the ${name} does not build: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, digest);
  return true;
}
