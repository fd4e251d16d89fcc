import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { healthSchema } from '@parley/contracts/http-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isLoopback, listenersOf } from '../ports/listeners.ts';
import { isRunning, withDescendants } from '../processes/descendants.ts';
import { type Parley, startParley } from './start-parley.ts';

const clock = createMonotonicClock();
const notices: string[] = [];
let parley: Parley;

beforeAll(async () => {
  parley = await startParley({ onNotice: (text) => notices.push(text) });
});
afterAll(() => parley?.stop());

const processes = () => withDescendants(Object.values(parley.pids));

async function health() {
  return healthSchema.parse(await (await fetch(`${parley.url}/api/health`)).json());
}

/** Asks until it is so; a test that never gets there ends by its own limit. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await delay(clock, 50);
}

it('serves the page and would answer a call', async () => {
  expect(await health()).toMatchObject({ status: 'ok', livekit: { status: 'ok' } });
  const page = await fetch(parley.url);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<div id="root"');
});

it('listens on loopback alone', async () => {
  const listeners = await listenersOf(processes());
  expect(listeners.length).toBeGreaterThanOrEqual(4);
  expect(listeners.filter(({ address }) => !isLoopback(address))).toEqual([]);
});

it('keeps its keys for its owner, and gives each process only what it reads', async () => {
  expect((await stat(join(parley.dataDir, 'keys.env'))).mode & 0o777).toBe(0o600);
  const { readFile } = await import('node:fs/promises');
  const namesOf = async (pid: number) =>
    (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').map((entry) => entry.split('=', 1)[0]);
  expect((await namesOf(parley.pids.sfu)).filter(Boolean)).toEqual(['LIVEKIT_KEYS']);
  expect(await namesOf(parley.pids.agent)).not.toContain('PARLEY_ACCESS_KEY');
});

it.each(['sfu', 'server', 'agent'] as const)('starts the %s again when it is killed', async (name) => {
  const { [name]: before } = parley.pids;
  notices.length = 0;
  process.kill(before, 'SIGKILL');
  await until(async () => parley.pids[name] !== before && parley.pids[name] !== 0);
  await until(async () => (await health()).status === 'ok');
  // Others may have noticed first that it is away.
  expect(notices.join('\n')).toMatch(/ended \(SIGKILL\); starting it again/);
});

it('leaves no process and no data behind', async () => {
  const before = processes();
  await parley.stop();
  await parley.stop();
  expect(before.filter(isRunning)).toEqual([]);
  expect(existsSync(parley.dataDir)).toBe(false);
});
