import { expect, it } from 'vitest';
import { createDeferred, type Deferred } from '../runtime/deferred.ts';
import { createDueQueue } from './due-queue.ts';

/** A queue whose work is finished by hand. */
function openQueue() {
  const begun: string[] = [];
  const running: Deferred<string>[] = [];
  const queue = createDueQueue<string, string>({
    perform: (request) => {
      begun.push(request);
      const work = createDeferred<string>();
      running.push(work);
      return work.promise;
    },
  });
  const submit = (request: string, dueAtMs: number, signal = new AbortController().signal) =>
    queue.submit({ request, dueAtMs, signal });
  const finish = async (result = 'done') => {
    running.shift()?.resolve(result);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, submit, finish, running };
}

it('work is done one at a time, what is due first goes first, and equals in order', async () => {
  const { begun, submit, finish } = openQueue();
  for (const [request, dueAtMs] of [
    ['a', 0],
    ['late', 900],
    ['b', 100],
    ['c', 100],
  ] as const)
    void submit(request, dueAtMs);
  expect(begun).toEqual(['a']);
  for (let n = 0; n < 4; n++) await finish();
  expect(begun).toEqual(['a', 'b', 'c', 'late']);
});

it('a reply that waits for its first sound does not wait for one that has sound left', async () => {
  const { begun, submit, finish } = openQueue();
  void submit('a0', 0);
  void submit('long reply, second piece', 5_000);
  void submit('long reply, third piece', 9_000);
  void submit('new reply', 50);
  await finish();
  expect(begun).toEqual(['a0', 'new reply']);
});

it('work that is aborted while it waits is never begun', async () => {
  const { begun, submit, finish } = openQueue();
  const controller = new AbortController();
  const first = submit('a', 0);
  const second = submit('b', 1, controller.signal);
  controller.abort(new Error('interrupted'));
  expect(await second).toBeNull();
  await finish('sound');
  expect(await first).toBe('sound');
  expect(begun).toEqual(['a']);
});

it('work that is aborted while it runs is let go at once, and what follows still waits for its end', async () => {
  const { begun, submit, finish } = openQueue();
  const controller = new AbortController();
  const first = submit('a', 0, controller.signal);
  const second = submit('b', 1);
  controller.abort(new Error('interrupted'));
  expect(await first).toBeNull();
  expect(begun).toEqual(['a']);
  await finish();
  await finish('sound');
  expect(await second).toBe('sound');
});

it('work that fails rejects for its asker alone', async () => {
  const { submit, running, finish } = openQueue();
  const first = submit('a', 0);
  const second = submit('b', 1);
  const failed = expect(first).rejects.toThrow('broken');
  running.shift()?.reject(new Error('broken'));
  await failed;
  await finish('sound');
  expect(await second).toBe('sound');
});

it('what was aborted before it was submitted is not begun', async () => {
  const { begun, submit } = openQueue();
  expect(await submit('a', 0, AbortSignal.abort(new Error('over')))).toBeNull();
  expect(begun).toEqual([]);
});
