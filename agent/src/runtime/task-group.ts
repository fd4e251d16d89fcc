/**
 * The tasks of one lifetime, a call's for instance: a failure of any of them is the group's failure and nobody
 * else's, and the group is over only when every task has settled. Nothing spawned here is a floating promise.
 */
export interface TaskGroup {
  /** Aborts with the parent's reason, with the first failure, or with `TaskGroupClosed`; the first wins. */
  readonly signal: AbortSignal;
  /**
   * Starts a task, now. What it throws after the group's signal aborted, if it is that signal's reason, is an
   * ending and no failure. On a closed group the task is not started.
   */
  spawn(task: (signal: AbortSignal) => Promise<void>): void;
  /** Called once, with the first failure; at once if there was one already. */
  onFailure(listener: (failure: unknown) => void): void;
  /** Aborts the signal and resolves when every task has settled; never rejects. May be called twice. */
  close(): Promise<void>;
  /** Throws the first failure, if there was one. */
  rethrow(): void;
}

/** The reason with which a group that is closed aborts what still runs. */
export class TaskGroupClosed extends Error {
  override readonly name = 'TaskGroupClosed';
  constructor() {
    super('the task group was closed');
  }
}

export function createTaskGroup(parent?: AbortSignal): TaskGroup {
  const controller = new AbortController();
  const { signal } = controller;
  const running = new Set<Promise<void>>();
  const listeners = new Set<(failure: unknown) => void>();
  let outcome: { kind: 'open' } | { kind: 'failed'; failure: unknown } | { kind: 'closed' } = {
    kind: 'open',
  };
  let isClosed = false;

  const followParent = () => controller.abort(parent?.reason);
  if (parent?.aborted) followParent();
  else parent?.addEventListener('abort', followParent, { once: true });

  const fail = (failure: unknown) => {
    if (signal.aborted && failure === signal.reason) return;
    if (outcome.kind !== 'open') return;
    outcome = { kind: 'failed', failure };
    controller.abort(failure);
    for (const listener of listeners) listener(failure);
    listeners.clear();
  };

  return {
    signal,
    spawn(task) {
      if (isClosed) return;
      const settled = (async () => task(signal))()
        .catch(fail)
        .finally(() => running.delete(settled));
      running.add(settled);
    },
    onFailure(listener) {
      if (outcome.kind === 'failed') listener(outcome.failure);
      else if (outcome.kind === 'open') listeners.add(listener);
    },
    async close() {
      isClosed = true;
      controller.abort(new TaskGroupClosed());
      while (running.size > 0) await Promise.all(running);
      if (outcome.kind === 'open') outcome = { kind: 'closed' };
      parent?.removeEventListener('abort', followParent);
    },
    rethrow() {
      if (outcome.kind === 'failed') throw outcome.failure;
    },
  };
}
