import { createDeferred } from '@parley/agent/runtime/deferred';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, it } from 'vitest';
import { CallerError } from './caller-error.ts';
import { type CallerPlace, createCallerPool } from './caller-pool.ts';
import type { CallerLink, CallerProcess } from './caller-process-link.ts';

/** A pool whose processes are played: `says` is false of one that does not answer a goodbye. */
function openPool(says = true) {
  const clock = createVirtualClock();
  const processes: { process: CallerProcess; die: (why: string) => void; ended: boolean }[] = [];
  const fork = async () => {
    const end = createDeferred<void>();
    const losses = new Set<(why: string) => void>();
    const played: (typeof processes)[number] = {
      ended: false,
      die(why: string) {
        played.ended = true;
        for (const lose of losses) lose(why);
        end.resolve();
      },
      process: {
        pid: processes.length + 1,
        get isOver(): boolean {
          return played.ended;
        },
        ended: end.promise,
        end: () => played.die('ended'),
        kill: (why) => played.die(why),
        open() {
          const gone = createDeferred<CallerError>();
          const lose = (why: string) => gone.resolve(new CallerError('gone', why));
          losses.add(lose);
          return {
            gone: gone.promise,
            join: () => {},
            request: () => Promise.resolve({ kind: 'nothing' as const }),
            async leave() {
              if (says) lose('left');
              await gone.promise;
            },
          } satisfies CallerLink;
        },
      } satisfies CallerProcess,
    };
    processes.push(played);
    return played.process;
  };
  const pool = createCallerPool({ clock, fork });
  const open = (isAlone = false) => pool.open({ isAlone, onMessage: () => {} });
  const openMany = (count: number) => Promise.all(Array.from({ length: count }, () => open()));
  return { clock, processes, pool, open, openMany };
}

const pids = (places: readonly CallerPlace[]) => places.map(({ pid }) => pid);

it('ten callers share a process, those beyond open another, and a place that is free again is taken', async () => {
  const { clock, openMany, open } = openPool();
  const places = await openMany(11);
  expect(pids(places)).toEqual([...Array.from({ length: 10 }, () => 1), 2]);
  await places[3]?.leave();
  await clock.advance(0);
  expect((await open()).pid).toBe(1);
});

it('one that is alone shares with nobody, and its process ends with it', async () => {
  const { processes, open } = openPool();
  const alone = await open(true);
  const other = await open();
  expect(other.pid).not.toBe(alone.pid);
  await alone.leave();
  expect(processes.map(({ ended }) => ended)).toEqual([true, false]);
});

it('an empty process waits for the next caller, and ends when none comes', async () => {
  const { clock, processes, open } = openPool();
  const first = await open();
  await first.leave();
  await clock.advance(2_000);
  const second = await open();
  expect(second.pid).toBe(first.pid);
  await clock.advance(60_000);
  expect(processes[0]?.ended).toBe(false);
  await second.leave();
  await clock.advance(4_000);
  expect(processes[0]?.ended).toBe(true);
  expect((await open()).pid).not.toBe(first.pid);
});

it('a process that died takes nobody, and its callers may leave all the same', async () => {
  const { clock, processes, open } = openPool();
  const first = await open();
  processes[0]?.die('SIGSEGV');
  await expect(first.link.gone).resolves.toMatchObject({ message: 'SIGSEGV' });
  await clock.advance(0);
  expect((await open()).pid).not.toBe(first.pid);
  await first.leave();
});

it('a process whose callers cannot say goodbye is killed', async () => {
  const { clock, processes, open } = openPool(false);
  const caller = await open();
  const leaving = caller.leave();
  await clock.advance(9_000);
  expect(processes[0]?.ended).toBe(false);
  await clock.advance(2_000);
  await leaving;
  await expect(caller.link.gone).resolves.toMatchObject({ message: expect.stringContaining('10000 ms') });
});

it('only one that is alone may vanish', async () => {
  const { processes, open } = openPool();
  await expect((await open()).vanish()).rejects.toMatchObject({ code: 'refused' });
  await (await open(true)).vanish();
  expect(processes.map(({ ended }) => ended)).toEqual([false, true]);
});

it('a process that cannot be started is told to all who wait for it, and another is tried', async () => {
  let attempts = 0;
  const { processes } = openPool();
  const clock = createVirtualClock();
  const pool = createCallerPool({
    clock,
    fork: () => Promise.reject(new Error(`attempt ${++attempts}`)),
  });
  const open = () => pool.open({ isAlone: false, onMessage: () => {} });
  const [one, two] = await Promise.allSettled([open(), open()]);
  expect([one.status, two.status]).toEqual(['rejected', 'rejected']);
  await expect(open()).rejects.toThrow('attempt 2');
  expect(processes).toEqual([]);
});

it('four join at a time, the others in the order in which they came, whether or not a join fails', async () => {
  const { pool, clock } = openPool();
  const begun: number[] = [];
  const joins = Array.from({ length: 7 }, () => createDeferred<void>());
  const all = joins.map((join, index) =>
    pool.inTurn(() => {
      begun.push(index);
      return join.promise;
    }),
  );
  const settled = Promise.allSettled(all);
  await clock.advance(0);
  expect(begun).toEqual([0, 1, 2, 3]);
  joins[2]?.reject(new Error('refused'));
  await clock.advance(0);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  for (const join of joins) join.resolve();
  expect((await settled).map(({ status }) => status === 'fulfilled')).toEqual([
    true,
    true,
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
});
