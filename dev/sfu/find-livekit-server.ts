import { join } from 'node:path';
import type { Clock } from '@parley/agent/runtime/clock';
import { cacheFolder } from '../cache-folder.ts';
import type { Way } from './attempt.ts';
import { goBuild } from './go-build.ts';
import { inCache } from './in-cache.ts';
import { onPath } from './on-path.ts';
import { LIVEKIT_RELEASES, releaseDownload } from './release-download.ts';

/** The version that is downloaded or built. The last whose module builds without forks of its dependencies. */
export const LIVEKIT_SERVER_VERSION = '1.13.5';

/** A livekit-server that can be run, and how it was come by. */
export interface LivekitServer {
  readonly path: string;
  /** For a person, for example `in the cache`. */
  readonly way: string;
}

/** No way led to livekit-server. The message names each with its outcome, and what to do. */
export class LivekitServerMissing extends Error {
  override readonly name = 'LivekitServerMissing';
  readonly code = 'livekit_server_missing';
  constructor(attempts: readonly Missed[]) {
    super(
      [
        'livekit-server was not found:',
        ...attempts.map(({ way, why }) => `  ${way}: ${why}`),
        'Do one of these, then start again:',
        '  install it (https://docs.livekit.io/home/self-hosting/local/) so that it is on the PATH,',
        '  install Go (https://go.dev/dl/), which builds it,',
        '  set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET for a server that runs already, or',
        '  run everything in containers: docker compose up',
      ].join('\n'),
    );
  }
}

/**
 * Finds livekit-server: on the PATH, in the cache, as the official release, built by go. Offline it answers within 15 s.
 * Rejects with `LivekitServerMissing`.
 */
export async function findLivekitServer(options: {
  /** For PATH, the cache folder and go's own settings. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly arch: string;
  readonly clock: Clock;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
  /** Default `LIVEKIT_RELEASES`. */
  readonly releases?: string;
}): Promise<LivekitServer> {
  const { env, platform, arch, clock, onProgress, signal, releases = LIVEKIT_RELEASES } = options;
  const version = LIVEKIT_SERVER_VERSION;
  const target = cachedPath(env);
  const attempts = await tryEach(
    [
      ...installedWays(env),
      releaseDownload({ version, platform, arch, target, releases, clock, onProgress }),
      goBuild({ module: MODULE, packagePath: 'cmd/server', version, target, env, onProgress }),
    ],
    signal,
  );
  if (attempts.found === null) throw new LivekitServerMissing(attempts.missed);
  return attempts.found;
}

/** The livekit-server that is here already, or null: nothing is downloaded or built. */
export async function findInstalledLivekitServer(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}): Promise<LivekitServer | null> {
  return (await tryEach(installedWays(options.env), options.signal)).found;
}

const MODULE = 'github.com/livekit/livekit-server';

function installedWays(env: Readonly<Record<string, string | undefined>>): readonly Way[] {
  return [
    onPath({ program: 'livekit-server', searchPath: env.PATH ?? '' }),
    inCache({ path: cachedPath(env), version: LIVEKIT_SERVER_VERSION }),
  ];
}

function cachedPath(env: Readonly<Record<string, string | undefined>>): string {
  return join(cacheFolder(env), 'livekit-server', LIVEKIT_SERVER_VERSION, 'livekit-server');
}

interface Missed {
  readonly way: string;
  readonly why: string;
}

async function tryEach(
  ways: readonly Way[],
  signal: AbortSignal,
): Promise<{ readonly found: LivekitServer | null; readonly missed: readonly Missed[] }> {
  const missed: Missed[] = [];
  for (const way of ways) {
    const attempt = await way.try(signal);
    if (attempt.kind === 'found') return { found: { path: attempt.path, way: way.name }, missed };
    missed.push({ way: way.name, why: attempt.why });
  }
  return { found: null, missed };
}
