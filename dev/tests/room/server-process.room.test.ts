import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildParley } from '../../build/build.ts';
import { findFreePort } from '../../ports/free-port.ts';
import { projectFolder } from '../../project-folder.ts';

const root = projectFolder();
const LIVEKIT = {
  LIVEKIT_URL: 'ws://127.0.0.1:9',
  LIVEKIT_API_KEY: 'key',
  LIVEKIT_API_SECRET: 'secret-of-the-test',
};
/** A developer's own history stays as it is. */
const dataDir = mkdtempSync(join(tmpdir(), 'parley-server-'));
const children: ChildProcess[] = [];
const holders: Server[] = [];

beforeAll(async () => {
  await buildParley({ root, names: ['server'], onProgress: () => undefined });
}, 60_000);

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const holder of holders.splice(0)) holder.close();
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs the built server, as the launcher does: with a channel that tells it when its parent is gone. */
function run(environment: Record<string, string>) {
  const child = fork(join(root, 'web', 'dist', 'server', 'main.js'), {
    env: { PARLEY_DATA: dataDir, ...environment },
    silent: true,
    execArgv: [],
  });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (output.stderr += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const listening = new Promise<void>((resolve) => {
    child.stdout?.on('data', () => output.stdout.includes('web server listening') && resolve());
  });
  return { child, output, ended, listening };
}

describe('the process of the web server', () => {
  it('ends with 1 and one line that names the port, where it is in use', async () => {
    const port = await findFreePort();
    const holder = createServer();
    holders.push(holder);
    await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
    const { output, ended } = run({ ...LIVEKIT, PORT: String(port) });
    expect(await ended).toBe(1);
    expect(output.stderr).toBe(
      `Port ${port} on 127.0.0.1 is in use. End the process that holds it, or set PORT to a free port.\n`,
    );
  });

  it('ends with 1 and every fault of its settings', async () => {
    const { output, ended } = run({ PORT: 'many', HOST: '0.0.0.0' });
    expect(await ended).toBe(1);
    for (const name of ['PORT', 'LIVEKIT_URL', 'PARLEY_ACCESS_KEY'])
      expect(output.stderr).toContain(`  ${name} is`);
  });

  it('ends with 1 where a file of its certificate cannot be read', async () => {
    const { output, ended } = run({
      ...LIVEKIT,
      PARLEY_TLS_CERT: '/no/cert.pem',
      PARLEY_TLS_KEY: '/no/key.pem',
    });
    expect(await ended).toBe(1);
    expect(output.stderr).toContain('PARLEY_TLS_CERT is "/no/cert.pem", but it cannot be read');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('prints logs alone, and ends with 0 at %s', async (signal) => {
    const { child, output, ended, listening } = run({ ...LIVEKIT, PORT: '0' });
    await listening;
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(output.stderr).toBe('');
    for (const line of output.stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
    expect(output.stdout).not.toContain(LIVEKIT.LIVEKIT_API_SECRET);
  });

  it('ends when its parent is gone', async () => {
    const { child, listening } = run({ ...LIVEKIT, PORT: '0' });
    // Not `close`: after a disconnect it may never come.
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await listening;
    child.disconnect();
    expect(await exited).toBe(0);
  });
});
