import { useEffect } from 'react';
import type { Player } from './player.ts';

/** The space bar plays and pauses, except where a control or a field has a use for it. */
export function usePlayKey(player: Player | null): void {
  useEffect(() => {
    if (player === null) return;
    const heed = (event: KeyboardEvent) => {
      if (event.key !== ' ' || event.defaultPrevented || event.repeat) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (event.target instanceof Element && event.target.closest(HAS_ITS_OWN)) return;
      event.preventDefault();
      player.toggle();
    };
    window.addEventListener('keydown', heed);
    return () => window.removeEventListener('keydown', heed);
  }, [player]);
}

const HAS_ITS_OWN = 'button, a, input, select, textarea, summary, dialog';
