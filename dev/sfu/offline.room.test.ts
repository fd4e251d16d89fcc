import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findLivekitServer, LivekitServerMissing } from './find-livekit-server.ts';

let folder: string;
let silent: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-offline-'));
  silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
});
afterAll(() => {
  silent.close();
  rmSync(folder, { recursive: true, force: true });
});

it('has tried every way within 15 s where the network takes connections and never answers', async () => {
  const nobody = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const clock = createMonotonicClock();
  const attempt = findLivekitServer({
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      PARLEY_CACHE: folder,
      GOPATH: join(folder, 'go'),
      GOPROXY: nobody,
      GOSUMDB: 'off',
      GOTOOLCHAIN: 'local',
    },
    platform: 'linux',
    arch: 'x64',
    clock,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    releases: nobody,
  });
  // Where one is on the PATH nothing is tried, and that is in time too.
  const error = await attempt.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(clock.nowMs()).toBeLessThan(15_000);
  if (error !== null) expect(error).toBeInstanceOf(LivekitServerMissing);
}, 30_000);
