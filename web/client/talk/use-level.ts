import { type RefObject, useEffect, useRef } from 'react';
import type { SoundMeter } from '../runtime/sound-meter.ts';

/** Keeps `--level` of the element at the track's loudness, 0 to 1, past React: it changes 16 times a second. */
export function useLevel<Shown extends HTMLElement>(
  meter: SoundMeter,
  track: MediaStreamTrack | null,
): RefObject<Shown | null> {
  const shown = useRef<Shown>(null);
  useEffect(() => {
    if (!track) return;
    const tell = (level: number) => shown.current?.style.setProperty('--level', level.toFixed(2));
    const stop = meter.watch(track, tell);
    return () => {
      stop();
      tell(0);
    };
  }, [meter, track]);
  return shown;
}
