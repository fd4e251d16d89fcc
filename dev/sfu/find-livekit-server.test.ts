import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDeferred } from '@parley/agent/runtime/deferred';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLivekitServer, LIVEKIT_SERVER_VERSION, LivekitServerMissing } from './find-livekit-server.ts';
import { checksumOf } from './release-download.ts';

const SYSTEM_TOOLS = '/usr/local/bin:/usr/bin:/bin';
let folder: string;
let clock = createVirtualClock();
let closers: (() => void)[] = [];

beforeEach(() => {
  clock = createVirtualClock();
  folder = mkdtempSync(join(tmpdir(), 'parley-sfu-'));
});
afterEach(() => {
  for (const close of closers) close();
  closers = [];
  rmSync(folder, { recursive: true, force: true });
});

/** A program that names its version, and nothing else. */
function writeProgram(path: string, version: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho livekit-server version ${version}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

function find(options: { path?: string; releases?: string; env?: Record<string, string> } = {}) {
  return findLivekitServer({
    env: { PATH: options.path ?? '', PARLEY_CACHE: join(folder, 'cache'), ...options.env },
    platform: 'linux',
    arch: 'x64',
    clock,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    releases: options.releases ?? 'http://127.0.0.1:1',
  });
}

const cached = () => join(folder, 'cache', 'livekit-server', LIVEKIT_SERVER_VERSION, 'livekit-server');

/** A release with its checksums as they are published; `sum` replaces the right one. */
async function serveRelease(sum?: string): Promise<string> {
  writeProgram(join(folder, 'release', 'livekit-server'), LIVEKIT_SERVER_VERSION);
  execFileSync('tar', [
    '-czf',
    join(folder, 'release.tar.gz'),
    '-C',
    join(folder, 'release'),
    'livekit-server',
  ]);
  const archive = readFileSync(join(folder, 'release.tar.gz'));
  const name = `livekit_${LIVEKIT_SERVER_VERSION}_linux_amd64.tar.gz`;
  const right = createHash('sha256').update(archive).digest('hex');
  return serve((request, response) => {
    if (request.url?.endsWith('/checksums.txt')) response.end(`${sum ?? right}  ${name}\n`);
    else if (request.url?.endsWith(`/v${LIVEKIT_SERVER_VERSION}/${name}`)) response.end(archive);
    else response.writeHead(404).end();
  });
}

describe('the way to livekit-server', () => {
  it('is the one on the PATH before all others', async () => {
    const program = writeProgram(join(folder, 'bin', 'livekit-server'), '1.9.0');
    writeProgram(cached(), LIVEKIT_SERVER_VERSION);
    expect(await find({ path: `/nowhere:${join(folder, 'bin')}:/bin` })).toEqual({
      path: program,
      way: 'on the PATH',
    });
  });

  it('is then the one in the cache, unless that is another version', async () => {
    writeProgram(cached(), LIVEKIT_SERVER_VERSION);
    expect(await find()).toEqual({ path: cached(), way: 'in the cache' });
    writeProgram(cached(), '1.0.0');
    await expect(find()).rejects.toThrow(/is 1\.0\.0; delete it/);
  });

  it('is then the release, which is kept', async () => {
    const releases = await serveRelease();
    expect(await find({ path: SYSTEM_TOOLS.replace('/usr/local/bin', ''), releases })).toEqual({
      path: cached(),
      way: 'the official release',
    });
    expect(await find()).toEqual({ path: cached(), way: 'in the cache' });
  });

  it('is never a release whose checksum is another', async () => {
    const releases = await serveRelease('0'.repeat(64));
    await expect(find({ releases })).rejects.toThrow(/has SHA-256 [0-9a-f]{64}, but 0{64} was published/);
  });

  it('falls through a host that never answers after 5 s, then names every way and what to do', async () => {
    const asked = createDeferred<void>();
    const releases = await serve(() => asked.resolve());
    const attempt = find({ releases }).catch((thrown: unknown) => thrown);
    await asked.promise;
    await clock.advance(5_000);
    const error = await attempt;
    expect(error).toBeInstanceOf(LivekitServerMissing);
    const message = String(error);
    for (const words of [
      'on the PATH: no livekit-server there',
      'in the cache: ',
      'did not answer within 5 s',
      'built by go: go is not installed',
      'docker compose up',
      'LIVEKIT_URL',
    ]) {
      expect(message).toContain(words);
    }
  });

  it('says where no release is published', async () => {
    const attempt = findLivekitServer({
      env: { PARLEY_CACHE: join(folder, 'cache') },
      platform: 'darwin',
      arch: 'arm64',
      clock,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    await expect(attempt).rejects.toThrow(/none is published for darwin on arm64/);
  });
});

it('reads checksums as sha256sum writes them', () => {
  const sum = 'a'.repeat(64);
  expect(checksumOf(`${'b'.repeat(64)}  other.tar.gz\n${sum} *file.tar.gz\n`, 'file.tar.gz')).toBe(sum);
  expect(checksumOf(`${sum}  file.tar.gz.sig`, 'file.tar.gz')).toBeNull();
  expect(checksumOf('short  file.tar.gz', 'file.tar.gz')).toBeNull();
});
