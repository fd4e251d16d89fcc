import { spawn } from 'node:child_process';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { afterEach, expect, it } from 'vitest';
import { type Child, ChildNotStarted, startChild } from './child.ts';
import { isRunning } from './descendants.ts';
import { startWatchdog, WATCHDOG_SCRIPT } from './watchdog.ts';

const clock = createMonotonicClock();
const watchdog = startWatchdog();
const children: Child[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await child.stop({ signals: [], graceMs: 0 });
});

async function start(script: string, lines: string[] = []): Promise<Child> {
  const child = await startChild({
    name: 'test',
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: '/usr/bin:/bin' },
    cwd: '/',
    hasChannel: false,
    clock,
    watchdog,
    onLine: (line) => lines.push(line),
  });
  children.push(child);
  return child;
}

it('keeps every line to the last, and says how a process ended', async () => {
  const lines: string[] = [];
  const child = await start('echo one; echo two >&2; printf three; exit 3', lines);
  expect(await child.ended).toEqual({ code: 3, signal: null });
  expect([...lines].sort()).toEqual(['one', 'three', 'two']);
  expect([...child.lastLines()].sort()).toEqual(['one', 'three', 'two']);
});

it('says which file could not be run', async () => {
  const options = { name: 'x', args: [], env: {}, cwd: '/', hasChannel: false, clock, watchdog };
  await expect(startChild({ ...options, command: '/no/such/program' })).rejects.toBeInstanceOf(
    ChildNotStarted,
  );
});

it('ends a process that ignores being asked, and whoever it left in its group', async () => {
  const lines: string[] = [];
  const child = await start('trap "" TERM; sleep 600 & echo $!; while :; do sleep 600; done', lines);
  while (lines.length === 0) await new Promise(setImmediate);
  await child.stop({ signals: ['SIGTERM'], graceMs: 50 });
  await child.stop({ signals: ['SIGTERM'], graceMs: 50 });
  expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
  expect(isRunning(Number(lines[0]))).toBe(false);
});

it('ends what it guards when its owner is gone, and leaves alone what was released', async () => {
  const guarded = await start('exec sleep 600');
  const released = await start('exec sleep 600');
  const shell = spawn('/bin/sh', ['-c', WATCHDOG_SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise((resolve) => shell.once('exit', resolve));
  shell.stdin.end(`+${guarded.pid}\n+${released.pid}\n-${released.pid}\n`);
  await ended;
  expect(await guarded.ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(isRunning(released.pid)).toBe(true);
});
