import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createOwnerships, ownerPath } from './ownership.ts';
import { isAlive, markThisProcess } from './process-mark.ts';

const NOW_MS = Date.UTC(2026, 10, 21);

function folder() {
  const made = mkdtempSync(path.join(tmpdir(), 'parley-owners-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  const journal = path.join(made, 'RM_a.main.1.ndjson');
  const clock = createVirtualClock();
  const processOf = (place: string, alive: boolean | 'unknown') =>
    createOwnerships({
      mark: { pid: 1, startedAt: '1', place },
      isAlive: (mark) => (mark.place === place ? true : alive),
      wallClockMs: () => NOW_MS + clock.nowMs(),
      clock,
    });
  return { journal, clock, processOf, names: () => readdirSync(made) };
}

describe('who ships a journal', () => {
  it('is one at a time: the first who takes it, until it is let go', () => {
    const { journal, processOf, names } = folder();
    const one = processOf('a', true).take(journal, []);
    expect(processOf('b', true).take(journal, [])).toBeNull();
    expect(processOf('b', true).take(journal, [1])).toBeNull();
    one?.release();
    expect(names()).toEqual([]);
    expect(processOf('b', true).take(journal, [])).not.toBeNull();
  });

  it('is one of those who find its owner dead', () => {
    const { journal, processOf, names } = folder();
    processOf('dead', true).take(journal, []);
    const heirs = ['b', 'c', 'd'].map((place) => processOf(place, false).take(journal, [1]));
    expect(heirs.filter((heir) => heir !== null)).toHaveLength(1);
    expect(names()).toEqual(['RM_a.main.1.ndjson.owner-2']);
  });

  it('is known by its touch where nothing else can be known', async () => {
    const { journal, processOf, clock } = folder();
    processOf('elsewhere', true).take(journal, []);
    utimesSync(ownerPath(journal, 1), NOW_MS / 1_000, NOW_MS / 1_000);
    const heir = processOf('here', 'unknown');
    await clock.advance(300_000);
    expect(heir.take(journal, [1])).toBeNull();
  });

  it('is another where that has not been touched for a minute', async () => {
    const { journal, processOf, clock } = folder();
    const elsewhere = processOf('elsewhere', true);
    elsewhere.take(journal, []);
    utimesSync(ownerPath(journal, 1), NOW_MS / 1_000, NOW_MS / 1_000);
    elsewhere.close();
    const heir = processOf('here', 'unknown');
    await clock.advance(59_000);
    expect(heir.take(journal, [1])).toBeNull();
    await clock.advance(1_000);
    expect(heir.take(journal, [1])).not.toBeNull();
  });
});

describe('a mark of a process', () => {
  it('tells the living from the dead, from another of its number, and from those elsewhere', async () => {
    const mine = markThisProcess();
    expect(isAlive(mine)).toBe(true);
    expect(isAlive({ ...mine, place: `not ${hostname()}` })).toBe('unknown');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    expect(isAlive({ ...mine, pid, startedAt: null })).toBe(true);
    if (mine.startedAt !== null) expect(isAlive({ ...mine, pid, startedAt: '1' })).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive({ ...mine, pid, startedAt: null })).toBe(false);
  });
});
