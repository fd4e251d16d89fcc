import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLanAddress } from '../lan/lan-address.ts';
import { isLoopback, listenersOf } from '../ports/listeners.ts';
import { isRunning, withDescendants } from '../processes/descendants.ts';
import { projectFolder } from '../project-folder.ts';

const root = projectFolder();
const lan = await findLanAddress();
const clock = createMonotonicClock();
let dataDir: string;
let started: Started | null = null;

interface Started {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
  readonly pid: number;
}

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'parley-start-'));
});
afterEach(async () => {
  started?.process.kill('SIGKILL');
  await started?.ended;
  started = null;
  rmSync(dataDir, { recursive: true, force: true });
});

/** Runs `npm start` or `npm run dev` without npm, on free ports unless told otherwise. */
function start(
  settings: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  command: 'start' | 'dev' | 'doctor' = 'start',
): Started {
  const { PATH = '', HOME = '', PARLEY_CACHE } = process.env;
  const ports = {
    PORT: '0',
    LIVEKIT_PORT: '0',
    PARLEY_HEALTH_PORT: '0',
    PARLEY_METRICS_BIND: '127.0.0.1:0',
  };
  const cache = PARLEY_CACHE === undefined ? {} : { PARLEY_CACHE };
  const spawned = spawn(
    process.execPath,
    ['dev/bootstrap.mjs', command, ...(command === 'doctor' ? [] : ['--no-open']), ...args],
    {
      cwd: root,
      env: { PATH, HOME, ...cache, ...ports, PARLEY_DATA: dataDir, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [spawned.stdout, spawned.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => spawned.once('close', resolve));
  started = { process: spawned, output: () => output, ended, pid: spawned.pid ?? 0 };
  return started;
}

async function untilReady({ output, ended }: Started): Promise<string> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  for (;;) {
    const url = /^ready (http\S+)$/m.exec(output())?.[1];
    if (url !== undefined) return url;
    if (isOver) throw new Error(`it ended before it was ready:\n${output()}`);
    await delay(clock, 50);
  }
}

/** Asks for a token; the certificate is self-made. */
function post(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      rejectUnauthorized: false,
      headers: { 'content-type': 'application/json', ...headers },
    };
    const sent = request(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}

async function untilGone(pids: readonly number[], withinMs: number): Promise<readonly number[]> {
  const givesUpAtMs = clock.nowMs() + withinMs;
  while (pids.some(isRunning) && clock.nowMs() < givesUpAtMs) await delay(clock, 50);
  return pids.filter(isRunning);
}

describe('npm start', () => {
  it('says what runs, is ready, and ends everything at Ctrl-C', async () => {
    const running = start();
    const url = await untilReady(running);
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
    for (const words of ['stage', 'silero', 'what would switch on more'])
      expect(running.output()).toContain(words);
    const family = withDescendants([running.pid]);
    running.process.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(await untilGone(family, 10_000)).toEqual([]);
  });

  it('leaves nothing behind when it is killed', async () => {
    const running = start();
    await untilReady(running);
    const family = withDescendants([running.pid]);
    running.process.kill('SIGKILL');
    expect(await untilGone(family, 60_000)).toEqual([]);
  });

  it('with --simulate says that vendors are simulated and what they hear, and ends them with everything', async () => {
    const given = { OPENAI_BASE_URL: 'http://127.0.0.1:65535/another' };
    const running = start(given, ['--simulate', 'stt=50,llm=200']);
    const url = await untilReady(running);
    const health = await (await fetch(`${url}/api/health`)).json();
    expect(health).toMatchObject({
      stages: { stt: { provider: 'deepgram', reason: expect.stringContaining('simulated') } },
    });
    for (const words of ['VENDORS ARE SIMULATED', 'what are your opening hours', given.OPENAI_BASE_URL])
      expect(running.output()).toContain(words);
    const family = withDescendants([running.pid]);
    running.process.kill('SIGKILL');
    expect(await untilGone(family, 60_000)).toEqual([]);
  });

  it('ends everything when it is interrupted while it starts', async () => {
    const running = start();
    while (!running.output().includes('starting')) await delay(clock, 10);
    const family = withDescendants([running.pid]);
    running.process.kill('SIGTERM');
    expect(await running.ended).not.toBe(0);
    expect(await untilGone(family, 10_000)).toEqual([]);
  });

  it.each(['PORT', 'LIVEKIT_PORT'])(
    'names the port where the one of %s is taken, and starts nothing',
    async (variable) => {
      const holder = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => holder.once('listening', resolve));
      const address = holder.address();
      const port = typeof address === 'object' ? String(address?.port) : '';
      const running = start({ [variable]: port });
      expect(await running.ended).toBe(1);
      expect(running.output()).toContain(`Port ${port}, given by ${variable}, is taken`);
      holder.close();
    },
  );

  it.each([
    ['a setting that cannot be', { PARLEY_TOKEN_TTL_S: '5' }, 'PARLEY_TOKEN_TTL_S is "5"'],
    [
      'a livekit-server without its keys',
      { LIVEKIT_URL: 'ws://127.0.0.1:1' },
      'LIVEKIT_API_SECRET is not set',
    ],
    [
      'a livekit-server that nobody runs',
      { LIVEKIT_URL: 'ws://127.0.0.1:65535', LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 's' },
      'No livekit-server answers at ws://127.0.0.1:65535',
    ],
  ])('says what to do about %s', async (_what, settings, words) => {
    const running = start(settings);
    expect(await running.ended).toBe(1);
    expect(running.output()).toContain(words);
  });

  it.runIf(lan !== null)(
    'serves the local network over HTTPS, to whoever holds the key, and nothing else',
    async () => {
      const running = start({}, ['--lan']);
      const url = await untilReady(running);
      expect(new URL(url)).toMatchObject({ protocol: 'https:', hostname: lan?.address });
      const key = /\?key=(\S+)$/m.exec(running.output())?.[1] ?? '';
      expect(key.length).toBeGreaterThanOrEqual(32);
      expect((await post(`${url}/api/token`, {})).status).toBe(401);
      const answer = await post(`${url}/api/token`, { authorization: `Bearer ${key}` });
      expect(answer).toMatchObject({ status: 200 });
      expect(JSON.parse(answer.body)).toMatchObject({ server_url: url.replace('https', 'wss') });
      const open = (await listenersOf(withDescendants([running.pid]))).filter(
        ({ address }) => !isLoopback(address),
      );
      const { port } = new URL(url);
      // The page; media over TCP and UDP, and whatever the agent's own media opens while it is in the room of that token.
      expect(open.filter(({ transport }) => transport === 'tcp')).toHaveLength(2);
      expect(open.map((listener) => String(listener.port))).toContain(port);
    },
  );

  it('gives up with a reason when nobody would answer in time', async () => {
    const running = start({}, ['--ready-within', '0.001']);
    expect(await running.ended).toBe(1);
    expect(running.output()).toMatch(/No call would be answered after/);
    expect(await untilGone(withDescendants([running.pid]), 0)).toEqual([]);
  });
});

describe('npm run dev', () => {
  it('serves the page from its source and passes calls on, under one address', async () => {
    const running = start({}, [], 'dev');
    const url = await untilReady(running);
    expect(await (await fetch(url)).text()).toContain('/@vite/client');
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
    const answer = await fetch(`${url}/api/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: '{}',
    });
    expect(await answer.json()).toMatchObject({ server_url: url.replace('http', 'ws') });
    const family = withDescendants([running.pid]);
    running.process.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(await untilGone(family, 10_000)).toEqual([]);
  });
});

describe('npm run doctor', () => {
  it('finds this machine sound, models and native code too', async () => {
    const running = start({}, ['--json'], 'doctor');
    expect(await running.ended).toBe(0);
    const findings = JSON.parse(running.output()) as { kind: string; what: string }[];
    expect(findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'node',
        'settings',
        'ports',
        'livekit-server',
        'data',
        'descriptors',
        'models',
      ]),
    );
    expect(findings.filter(({ kind }) => kind === 'fault')).toEqual([]);
  });

  it('exits with 1 at a fault, and says how to mend it', async () => {
    const running = start({ PORT: 'x' }, [], 'doctor');
    expect(await running.ended).toBe(1);
    expect(running.output()).toMatch(/FAULT +settings: PORT is "x" \(from environment\).*\n +correct PORT/);
  });
});
