import { useEffect, useRef } from 'react';

/** What single keys do in a call; null where one has nothing to do. */
export interface Shortcuts {
  readonly toggleMute: (() => void) | null;
  readonly focusChat: (() => void) | null;
  readonly endCall: (() => void) | null;
}

/** Obeys single keys while `isOn`, except where a person types or a control has a use for letters of its own. */
export function useShortcuts(shortcuts: Shortcuts, isOn: boolean): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    if (!isOn) return;
    const heed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest('input, textarea, select')) return;
      const act = shortcutOf(event.key, latest.current);
      if (!act) return;
      // The letter must not be typed into the field that it leads to.
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', heed);
    return () => window.removeEventListener('keydown', heed);
  }, [isOn]);
}

function shortcutOf(key: string, { toggleMute, focusChat, endCall }: Shortcuts): (() => void) | null {
  switch (key) {
    case 'm':
    case 'M':
      return toggleMute;
    case '/':
    case 'c':
    case 'C':
      return focusChat;
    // With Shift: a call is not ended by a slip.
    case 'E':
      return endCall;
    default:
      return null;
  }
}
