import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@parley/agent/runtime/clock';
import type { Way } from './attempt.ts';
import { runTool } from './run-tool.ts';

/** Where livekit's releases are, without a closing slash. */
export const LIVEKIT_RELEASES = 'https://github.com/livekit/livekit/releases/download';

/** Until the first byte of an answer; an offline machine falls through after it. */
const CONNECT_LIMIT_MS = 5_000;
/** Without a byte for so long a download is given up. */
const STALL_LIMIT_MS = 15_000;

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
        const sums = new TextDecoder().decode(await download(options.clock, `${base}/checksums.txt`, signal));
        const expected = checksumOf(sums, archive);
        if (expected === null) return { kind: 'missed', why: `checksums.txt does not list ${archive}` };
        const bytes = await download(options.clock, `${base}/${archive}`, signal, (share) =>
          options.onProgress(`downloading livekit-server ${version}: ${share}`),
        );
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

async function download(
  clock: Clock,
  url: string,
  signal: AbortSignal,
  onShare: (share: string) => void = () => undefined,
): Promise<Buffer> {
  const stalled = new AbortController();
  const giveUpAfter = (limitMs: number) =>
    clock.at(clock.nowMs() + limitMs, () =>
      stalled.abort(new Error(`${new URL(url).host} did not answer within ${limitMs / 1000} s`)),
    );
  let goOn = giveUpAfter(CONNECT_LIMIT_MS);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, stalled.signal]) });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    const total = Number(response.headers.get('content-length'));
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body) {
      goOn();
      goOn = giveUpAfter(STALL_LIMIT_MS);
      chunks.push(chunk);
      received += chunk.length;
      onShare(total > 0 ? `${Math.floor((received / total) * 100)} %` : `${Math.round(received / 1e6)} MB`);
    }
    return Buffer.concat(chunks);
  } finally {
    goOn();
  }
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

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // `fetch failed` says nothing; what failed stands in its cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
