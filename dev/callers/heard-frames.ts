import { levelDb } from '@parley/agent/audio/frame';
import { joinBlocks } from '@parley/agent/tts/audio-blocks';
import { EAR_RATE_HZ, type SoundInterval } from './caller-messages.ts';
import { SOUND_DB, WINDOW_MS } from './heard-sound.ts';

/** 10 ms of mono sound as it reached the ear. */
export interface HeardFrame {
  readonly samples: Int16Array;
  readonly arrivedAtMs: number;
}

/** What one ear heard of one participant, in the process that hears it: the newest of it, and how loud it was. */
export interface HeardFrames {
  add(frame: HeardFrame): void;
  /** Where it was loud since this was last asked, and when the last frame came; null without a frame since then. */
  takeNews(): { readonly loud: readonly SoundInterval[]; readonly untilMs: number } | null;
  /** What arrived in [fromMs, toMs), as far as it is still known. */
  between(fromMs: number, toMs: number): Int16Array;
}

/** How much of what was heard is kept, in ms: 6 MB an ear. */
export const KEPT_MS = 60_000;

/** Frames arrive with the jitter of an event loop; windows that lie closer, in ms, are one stretch of sound. */
const SAME_STRETCH_GAP_MS = 10;

const WINDOW_SAMPLES = (EAR_RATE_HZ * WINDOW_MS) / 1000;

export function createHeardFrames(): HeardFrames {
  let frames: HeardFrame[] = [];
  let forgotten = 0;
  let loud: SoundInterval[] = [];
  let untilMs: number | null = null;

  const addLoudWindow = (onsetAtMs: number) => {
    const last = loud.at(-1);
    const offsetAtMs = onsetAtMs + WINDOW_MS;
    if (last !== undefined && onsetAtMs - last.offsetAtMs < SAME_STRETCH_GAP_MS)
      loud[loud.length - 1] = { ...last, offsetAtMs: Math.max(last.offsetAtMs, offsetAtMs) };
    else loud.push({ onsetAtMs, offsetAtMs });
  };

  const forget = (beforeMs: number) => {
    while ((frames[forgotten]?.arrivedAtMs ?? beforeMs) < beforeMs) forgotten += 1;
    // Moving what is left costs more than a frame of memory: it is done now and then.
    if (forgotten * 2 < frames.length) return;
    frames = frames.slice(forgotten);
    forgotten = 0;
  };

  return {
    add(frame) {
      const { samples, arrivedAtMs } = frame;
      for (let from = 0; from + WINDOW_SAMPLES <= samples.length; from += WINDOW_SAMPLES) {
        if (levelDb(samples.subarray(from, from + WINDOW_SAMPLES)) > SOUND_DB)
          addLoudWindow(arrivedAtMs + (from * 1000) / EAR_RATE_HZ);
      }
      frames.push(frame);
      forget(arrivedAtMs - KEPT_MS);
      untilMs = arrivedAtMs;
    },
    takeNews() {
      if (untilMs === null) return null;
      const news = { loud, untilMs };
      loud = [];
      untilMs = null;
      return news;
    },
    between: (fromMs, toMs) =>
      joinBlocks(
        frames
          .slice(forgotten)
          .filter(({ arrivedAtMs }) => arrivedAtMs >= fromMs && arrivedAtMs < toMs)
          .map(({ samples }) => samples),
      ),
  };
}
