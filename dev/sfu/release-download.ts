import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@parley/agent/runtime/clock';
import type { Way } from './attempt.ts';
import { download, reasonOf } from './download.ts';
import { runTool } from './run-tool.ts';

/** Where livekit's releases are, without a closing slash. */
export const LIVEKIT_RELEASES = 'https://github.com/livekit/livekit/releases/download';

/**
 * The official release for this platform, checked against the SHA-256 that the same release publishes. livekit-server
 * publishes Linux binaries; elsewhere this way is closed and says so.
 */
export function releaseDownload(options: {
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  /** Where the program is put. */
  readonly target: string;
  readonly releases: string;
  readonly clock: Clock;
  readonly onProgress: (text: string) => void;
}): Way {
  const { version, platform, arch, target } = options;
  const machine = { x64: 'amd64', arm64: 'arm64', arm: 'armv7' }[arch];
  return {
    name: 'the official release',
    async try(signal) {
      if (platform !== 'linux' || machine === undefined) {
        return { kind: 'missed', why: `none is published for ${platform} on ${arch}` };
      }
      const archive = `livekit_${version}_linux_${machine}.tar.gz`;
      const base = `${options.releases}/v${version}`;
      try {
        const sums = new TextDecoder().decode(
          await download({ clock: options.clock, url: `${base}/checksums.txt`, signal }),
        );
        const expected = checksumOf(sums, archive);
        if (expected === null) return { kind: 'missed', why: `checksums.txt does not list ${archive}` };
        const bytes = await download({
          clock: options.clock,
          url: `${base}/${archive}`,
          signal,
          onShare: (share) => options.onProgress(`downloading livekit-server ${version}: ${share}`),
        });
        const actual = createHash('sha256').update(bytes).digest('hex');
        if (actual !== expected) {
          return { kind: 'missed', why: `${archive} has SHA-256 ${actual}, but ${expected} was published` };
        }
        await unpack(bytes, target, signal);
        return { kind: 'found', path: target };
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'missed', why: reasonOf(error) };
      }
    },
  };
}

/** The SHA-256 of a file in the format of `sha256sum`, or null. */
export function checksumOf(sums: string, file: string): string | null {
  for (const line of sums.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === file && sum !== undefined && /^[0-9a-f]{64}$/i.test(sum)) return sum.toLowerCase();
  }
  return null;
}

/** The program appears at `target` whole or not at all. */
async function unpack(archive: Buffer, target: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(`${target}.`);
  try {
    const file = join(folder, 'release.tar.gz');
    await writeFile(file, archive);
    await runTool({
      command: 'tar',
      args: ['-xzf', file, '-C', folder, 'livekit-server'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      cwd: folder,
      limitMs: 60_000,
      signal,
    });
    await rename(join(folder, 'livekit-server'), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
