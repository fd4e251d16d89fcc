import { levelDb } from '@parley/agent/audio/frame';
import { joinBlocks } from '@parley/agent/tts/audio-blocks';
import { EAR_RATE_HZ, type SoundInterval } from './caller-messages.ts';
import { SOUND_DB, WINDOW_MS } from './heard-sound.ts';

/** What one ear heard of one participant, in the process that hears it: the newest of it, and how loud it was. */
export interface HeardFrames {
  /** A frame of `FRAME_MS`, and when it reached the ear. */
  add(samples: Int16Array, atMs: number): void;
  /** Where it was loud since this was last asked, and when the last frame came; null without a frame since then. */
  takeNews(): { readonly loud: readonly SoundInterval[]; readonly untilMs: number } | null;
  /** What arrived in [fromMs, toMs), as far as it is still known. */
  between(fromMs: number, toMs: number): Int16Array;
}

/** An ear hears in frames of this length: what is louder is known to the window, what arrived to the frame. */
export const FRAME_MS = 10;
const FRAME_SAMPLES = (EAR_RATE_HZ * FRAME_MS) / 1000;

/** How much of what was heard is kept, in ms: 6 MB of a participant. */
export const KEPT_MS = 60_000;
const KEPT_FRAMES = KEPT_MS / FRAME_MS;

/** Frames arrive with the jitter of an event loop; windows that lie closer, in ms, are one stretch of sound. */
const SAME_STRETCH_GAP_MS = 10;

const WINDOW_SAMPLES = (EAR_RATE_HZ * WINDOW_MS) / 1000;

export function createHeardFrames(): HeardFrames {
  // One ring for all of it: memory that lives on frame by frame keeps the garbage collector busy.
  const kept = new Int16Array(KEPT_FRAMES * FRAME_SAMPLES);
  const arrivedAtMs = new Float64Array(KEPT_FRAMES);
  let count = 0;
  let loud: SoundInterval[] = [];
  let untilMs: number | null = null;

  const addLoudWindow = (onsetAtMs: number) => {
    const last = loud.at(-1);
    const offsetAtMs = onsetAtMs + WINDOW_MS;
    if (last !== undefined && onsetAtMs - last.offsetAtMs < SAME_STRETCH_GAP_MS)
      loud[loud.length - 1] = { ...last, offsetAtMs: Math.max(last.offsetAtMs, offsetAtMs) };
    else loud.push({ onsetAtMs, offsetAtMs });
  };

  return {
    add(samples, atMs) {
      for (let from = 0; from + WINDOW_SAMPLES <= samples.length; from += WINDOW_SAMPLES) {
        if (levelDb(samples.subarray(from, from + WINDOW_SAMPLES)) > SOUND_DB)
          addLoudWindow(atMs + (from * 1000) / EAR_RATE_HZ);
      }
      const slot = count % KEPT_FRAMES;
      kept.set(samples, slot * FRAME_SAMPLES);
      arrivedAtMs[slot] = atMs;
      count += 1;
      untilMs = atMs;
    },
    takeNews() {
      if (untilMs === null) return null;
      const news = { loud, untilMs };
      loud = [];
      untilMs = null;
      return news;
    },
    between(fromMs, toMs) {
      const blocks: Int16Array[] = [];
      for (let index = Math.max(0, count - KEPT_FRAMES); index < count; index++) {
        const slot = index % KEPT_FRAMES;
        const atMs = arrivedAtMs[slot] ?? 0;
        if (atMs >= fromMs && atMs < toMs)
          blocks.push(kept.subarray(slot * FRAME_SAMPLES, (slot + 1) * FRAME_SAMPLES));
      }
      return joinBlocks(blocks);
    },
  };
}
