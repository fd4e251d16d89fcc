import { describe, expect, it } from 'vitest';
import { createDeferred } from './deferred.ts';
import { createTaskGroup, TaskGroupClosed } from './task-group.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );

describe('a task group', () => {
  it('aborts its other tasks when one fails, and rethrows the first failure', async () => {
    const group = createTaskGroup();
    const gate = createDeferred<void>();
    const seen: unknown[] = [];
    group.spawn(async (signal) => {
      await untilAborted(signal).catch((reason) => seen.push(reason));
      throw new Error('a second failure');
    });
    group.spawn(() => gate.promise);
    const failed = createDeferred<unknown>();
    group.onFailure(failed.resolve);
    gate.reject(new Error('first'));
    await failed.promise;
    await group.close();
    expect(seen).toEqual([new Error('first')]);
    expect(() => group.rethrow()).toThrow('first');
  });

  it('counts a task that throws before its first await as failed', async () => {
    const group = createTaskGroup();
    group.spawn(() => {
      throw new Error('at once');
    });
    await group.close();
    expect(() => group.rethrow()).toThrow('at once');
  });

  it('leaves its neighbours unharmed', async () => {
    const parent = new AbortController();
    const [bad, good] = [createTaskGroup(parent.signal), createTaskGroup(parent.signal)];
    bad.spawn(() => Promise.reject(new Error('bad')));
    await bad.close();
    expect(good.signal.aborted).toBe(false);
    expect(parent.signal.aborted).toBe(false);
    await good.close();
    expect(() => good.rethrow()).not.toThrow();
  });

  it('takes the end of its parent for no failure', async () => {
    const parent = new AbortController();
    const group = createTaskGroup(parent.signal);
    group.spawn(untilAborted);
    const reason = new Error('stop');
    parent.abort(reason);
    expect(group.signal.reason).toBe(reason);
    await group.close();
    expect(() => group.rethrow()).not.toThrow();
  });

  it('waits on close for every task, those spawned meanwhile too late not started', async () => {
    const group = createTaskGroup();
    const gate = createDeferred<void>();
    let isDone = false;
    group.spawn(async () => {
      await gate.promise;
      isDone = true;
    });
    const closing = group.close();
    group.spawn(() => Promise.reject(new Error('never started')));
    gate.resolve();
    await closing;
    expect(isDone).toBe(true);
    expect(group.signal.reason).toBeInstanceOf(TaskGroupClosed);
    expect(() => group.rethrow()).not.toThrow();
  });

  it('tells a listener of the failure once, a late listener at once', async () => {
    const group = createTaskGroup();
    const heard: string[] = [];
    group.onFailure((failure) => heard.push(`early ${String(failure)}`));
    group.spawn(() => Promise.reject(new Error('x')));
    await group.close();
    group.onFailure((failure) => heard.push(`late ${String(failure)}`));
    expect(heard).toEqual(['early Error: x', 'late Error: x']);
  });
});
