/** Whether the page may listen to the caller by itself, as the person chose it; on unless they switched it off. */
export interface EarsSetting {
  isOn(): boolean;
  setOn(isOn: boolean): void;
  /** Tells `listener` of each change. Returns its end. */
  subscribe(listener: () => void): () => void;
}

const KEY = 'parley.local-ears';

/** Remembered in `storage`; where the browser keeps nothing, until the page is left. */
export function createEarsSetting({
  storage,
}: {
  readonly storage: () => Pick<Storage, 'getItem' | 'setItem'>;
}): EarsSetting {
  const listeners = new Set<() => void>();
  let isOn = true;
  try {
    isOn = storage().getItem(KEY) !== 'off';
  } catch {
    // A browser that refuses storage remembers nothing.
  }
  return {
    isOn: () => isOn,
    setOn(next) {
      if (next === isOn) return;
      isOn = next;
      try {
        storage().setItem(KEY, isOn ? 'on' : 'off');
      } catch {
        // The choice holds until the page is left.
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
