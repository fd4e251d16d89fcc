import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Way } from './attempt.ts';
import { runTool } from './run-tool.ts';

/** Two small files from the module proxy, or none where the module was fetched before. */
const CONNECT_LIMIT_MS = 8_000;
/** Building takes about 2 min on two cores with nothing cached. */
const BUILD_LIMIT_MS = 20 * 60_000;

/** A program built by an installed Go toolchain from a module at a pinned version. */
export function goBuild(options: {
  readonly module: string;
  /** Of the main package, inside the module. */
  readonly packagePath: string;
  readonly version: string;
  /** Where the program is put. */
  readonly target: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: (text: string) => void;
}): Way {
  const { module, packagePath, version, target, env, onProgress } = options;
  return {
    name: 'built by go',
    async try(signal) {
      await mkdir(dirname(target), { recursive: true });
      const folder = await mkdtemp(`${target}.`);
      const go = (
        args: readonly string[],
        limitMs: number,
        onProgressLine: (line: string) => void = () => undefined,
      ) =>
        runTool({
          command: 'go',
          args,
          env: { ...env, GOBIN: folder, GOFLAGS: '', GO111MODULE: 'on' },
          cwd: folder,
          limitMs,
          signal,
          onProgressLine,
        });
      try {
        await go(['list', '-m', `${module}@v${version}`], CONNECT_LIMIT_MS);
        const name = basename(target);
        onProgress(`building ${name} ${version} with go, a few minutes the first time`);
        let packages = 0;
        await go(['install', '-v', `${module}/${packagePath}@v${version}`], BUILD_LIMIT_MS, (line) => {
          const isNote = line.startsWith('go: ');
          if (!isNote) packages += 1;
          onProgress(
            `building ${name} ${version} with go: ${isNote ? line.slice(4) : `${packages} packages`}`,
          );
        });
        await rename(join(folder, basename(packagePath)), target);
        return { kind: 'found', path: target };
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'missed', why: error instanceof Error ? error.message : String(error) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
