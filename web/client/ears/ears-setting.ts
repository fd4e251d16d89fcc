import type { KeptValues } from '../runtime/kept-values.ts';

/** Whether the page may listen to the caller by itself, as the person chose it; on unless they switched it off. */
export interface EarsSetting {
  isOn(): boolean;
  setOn(isOn: boolean): void;
  /** Tells `listener` of each change. Returns its end. */
  subscribe(listener: () => void): () => void;
}

const NAME = 'local-ears';

/** The choice as `kept` remembers it. */
export function createEarsSetting({ kept }: { readonly kept: KeptValues }): EarsSetting {
  const listeners = new Set<() => void>();
  let isOn = kept.get(NAME) !== 'off';
  return {
    isOn: () => isOn,
    setOn(next) {
      if (next === isOn) return;
      isOn = next;
      kept.set(NAME, isOn ? null : 'off');
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
