/** Values that several use at the same time; one that is retired is closed when its last user is done. */
export interface Leases<Key, Value> {
  /** The key's value, made where there is none. Throws what `make` throws. */
  take(key: Key): Lease<Value>;
  /** Nobody new asks for it any more: closes it once it is unused. Safe for a key without a value. */
  retire(key: Key): void;
  /** Closes all, used or not. */
  close(): Promise<void>;
}

export interface Lease<Value> {
  readonly value: Value;
  /** Safe to call twice. */
  release(): void;
}

interface Kept<Value> {
  readonly value: Value;
  uses: number;
  isRetired: boolean;
}

export function createLeases<Key, Value>(options: {
  readonly make: (key: Key) => Value;
  readonly close: (value: Value) => Promise<void>;
  readonly onCloseFailed: (error: unknown) => void;
}): Leases<Key, Value> {
  const kept = new Map<Key, Kept<Value>>();
  const closing = new Set<Promise<void>>();

  const closeValue = (value: Value) => {
    const closed = options
      .close(value)
      .catch(options.onCloseFailed)
      .finally(() => closing.delete(closed));
    closing.add(closed);
  };
  const closeIfUnused = (key: Key, entry: Kept<Value>) => {
    if (!entry.isRetired || entry.uses > 0 || kept.get(key) !== entry) return;
    kept.delete(key);
    closeValue(entry.value);
  };

  return {
    take(key) {
      const entry = kept.get(key) ?? { value: options.make(key), uses: 0, isRetired: false };
      kept.set(key, entry);
      entry.uses += 1;
      let isReleased = false;
      return {
        value: entry.value,
        release() {
          if (isReleased) return;
          isReleased = true;
          entry.uses -= 1;
          closeIfUnused(key, entry);
        },
      };
    },
    retire(key) {
      const entry = kept.get(key);
      if (entry === undefined) return;
      entry.isRetired = true;
      closeIfUnused(key, entry);
    },
    async close() {
      for (const { value } of kept.values()) closeValue(value);
      kept.clear();
      await Promise.all(closing);
    },
  };
}
