import { createDeferred } from '@parley/agent/runtime/deferred';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, it } from 'vitest';
import type { Child, Ending } from './child.ts';
import { ChildDied, keepChild } from './kept-child.ts';

/** A process that dies at a word. */
function simulatedChild(pid: number): Child & { die: (ending: Ending) => void } {
  const { promise, resolve } = createDeferred<Ending>();
  return {
    name: 'server',
    pid,
    ended: promise,
    lastLines: () => [`last words of ${pid}`],
    die: resolve,
    stop: async () => resolve({ code: 0, signal: null }),
  };
}

async function keep(starts: (() => Promise<Child>)[]) {
  const clock = createVirtualClock();
  const notices: string[] = [];
  let next = 0;
  const kept = await keepChild({
    name: 'the server',
    start: () => (starts[next++] ?? (() => Promise.reject(new Error('no more'))))(),
    stop: { signals: ['SIGTERM'], graceMs: 1_000 },
    clock,
    onNotice: (text) => notices.push(text),
  });
  return { clock, notices, kept };
}

it('says the last words of a process that dies before it stood, and starts no other', async () => {
  const first = simulatedChild(1);
  const { kept, notices, clock } = await keep([async () => first]);
  first.die({ code: 1, signal: null });
  const error = await kept.failed.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ChildDied);
  expect(String(error)).toContain('the server ended (code 1). Its last words:\nlast words of 1');
  expect(notices).toEqual([]);
  await kept.stop();
  expect(clock.pendingTimers).toBe(0);
});

it('starts another when one dies later, and waits longer each time', async () => {
  const [first, second, third] = [simulatedChild(1), simulatedChild(2), simulatedChild(3)];
  const { kept, notices, clock } = await keep([
    async () => first,
    async () => second,
    () => Promise.reject(new Error('out of memory')),
    async () => third,
  ]);
  kept.stand();
  first.die({ code: null, signal: 'SIGKILL' });
  await clock.advance(249);
  expect(kept.pid()).toBe(0);
  expect(kept.lastLines()).toEqual(['last words of 1']);
  await clock.advance(1);
  expect(kept.pid()).toBe(2);
  second.die({ code: 1, signal: null });
  await clock.advance(500);
  expect(kept.pid()).toBe(0);
  await clock.advance(1_000);
  expect(kept.pid()).toBe(3);
  expect(notices).toEqual([
    'the server ended (SIGKILL); starting it again',
    'the server ended (code 1); starting it again',
    'the server does not start: out of memory',
  ]);
  await kept.stop();
  await kept.stop();
  expect(kept.pid()).toBe(0);
});

it('forgets the deaths of one that lived long', async () => {
  const children = [simulatedChild(1), simulatedChild(2), simulatedChild(3)];
  const { kept, clock } = await keep(children.map((child) => async () => child));
  kept.stand();
  children[0]?.die({ code: 1, signal: null });
  await clock.advance(250);
  await clock.advance(60_000);
  children[1]?.die({ code: 1, signal: null });
  await clock.advance(250);
  expect(kept.pid()).toBe(3);
  await kept.stop();
});

it('ends at once while it waits to start another', async () => {
  const first = simulatedChild(1);
  const { kept, clock } = await keep([async () => first]);
  kept.stand();
  first.die({ code: 1, signal: null });
  await clock.advance(100);
  await kept.stop();
  expect(clock.pendingTimers).toBe(0);
});

it('is started again at once, without a word, when it is restarted', async () => {
  const children = [simulatedChild(1), simulatedChild(2)];
  const { kept, notices, clock } = await keep(children.map((child) => async () => child));
  kept.stand();
  await kept.restart();
  await clock.advance(0);
  expect(kept.pid()).toBe(2);
  expect(notices).toEqual([]);
  await kept.stop();
});
