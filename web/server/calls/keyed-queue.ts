/** Runs tasks of the same key one after another, and of different keys at once. */
export interface KeyedQueue<K> {
  run<T>(key: K, task: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
}

export function createKeyedQueue<K>(): KeyedQueue<K> {
  const last = new Map<K, Promise<unknown>>();
  return {
    async run(key, task) {
      // However the task before ended, its own caller hears of it.
      const running = (last.get(key) ?? Promise.resolve()).then(task, task);
      last.set(key, running);
      try {
        return await running;
      } finally {
        if (last.get(key) === running) last.delete(key);
      }
    },
    async idle() {
      while (last.size > 0) await Promise.allSettled(last.values());
    },
  };
}
