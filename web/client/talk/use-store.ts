import { useSyncExternalStore } from 'react';

/** A store's view, rendered anew at each change. */
export function useStore<View>(store: {
  readonly subscribe: (listener: () => void) => () => void;
  readonly view: () => View;
}): View {
  return useSyncExternalStore(store.subscribe, store.view);
}
