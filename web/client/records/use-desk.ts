import { useEffect, useRef, useState } from 'react';
import { useStore } from '../talk/use-store.ts';

interface Desk<View> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly view: () => View;
  readonly close: () => void;
}

/** A desk that lives as long as its page is shown; null before it was opened. */
export function useDesk<Opened extends Desk<unknown>>(open: () => Opened): Opened | null {
  const [desk, setDesk] = useState<Opened | null>(null);
  const first = useRef(open);
  useEffect(() => {
    const opened = first.current();
    setDesk(opened);
    return () => opened.close();
  }, []);
  return desk;
}

const NOWHERE = { subscribe: () => () => undefined, view: () => null };

/** The desk's view, rendered anew at each change; null before it was opened. */
export function useDeskView<View>(desk: Desk<View> | null): View | null {
  return useStore<View | null>(desk ?? NOWHERE);
}
