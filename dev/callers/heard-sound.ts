import type { SoundInterval } from './caller-messages.ts';

/** All that one ear heard of one participant, as stretches of sound. */
export interface HeardSound {
  /** What was louder than `SOUND_DB` until `untilMs`, when the last frame came. */
  add(loud: readonly SoundInterval[], untilMs: number): void;
  /** Stretches that end after `sinceMs`, in order; a stretch that had begun before is cut there. */
  intervalsSince(sinceMs: number): readonly SoundInterval[];
  /** When the last frame came, or null before the first. */
  readonly heardUntilMs: number | null;
}

/** Louder than this is sound, in dB relative to full scale, measured over `WINDOW_MS`. */
export const SOUND_DB = -45;
export const WINDOW_MS = 5;

/** A gap shorter than this, in ms, is inside speech: between words or before a plosive. */
const SAME_SOUND_GAP_MS = 250;

export function createHeardSound(): HeardSound {
  const stretches: SoundInterval[] = [];
  let heardUntilMs: number | null = null;
  return {
    add(loud, untilMs) {
      stretches.push(...loud);
      heardUntilMs = untilMs;
    },
    intervalsSince(sinceMs) {
      const intervals: SoundInterval[] = [];
      let from = stretches.length;
      while (from > 0 && (stretches[from - 1]?.offsetAtMs ?? 0) > sinceMs) from -= 1;
      for (const { onsetAtMs, offsetAtMs } of stretches.slice(from)) {
        const last = intervals.at(-1);
        if (last !== undefined && onsetAtMs - last.offsetAtMs < SAME_SOUND_GAP_MS) {
          intervals[intervals.length - 1] = { ...last, offsetAtMs: Math.max(last.offsetAtMs, offsetAtMs) };
        } else intervals.push({ onsetAtMs: Math.max(onsetAtMs, sinceMs), offsetAtMs });
      }
      return intervals;
    },
    get heardUntilMs() {
      return heardUntilMs;
    },
  };
}
