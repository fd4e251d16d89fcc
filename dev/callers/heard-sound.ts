import { type AudioFrame, levelDb } from '@parley/agent/audio/frame';
import { joinBlocks } from '@parley/agent/tts/audio-blocks';
import { EAR_RATE_HZ, type HeardFrame } from './caller-messages.ts';

/** A stretch of sound at the ear, in CLOCK_MONOTONIC ms. */
export interface SoundInterval {
  readonly onsetAtMs: number;
  readonly offsetAtMs: number;
}

/** All that one ear heard of one participant. */
export interface HeardSound {
  add(frames: readonly HeardFrame[]): void;
  /** Stretches that end after `sinceMs`, in order; a stretch that had begun before is cut there. */
  intervalsSince(sinceMs: number): readonly SoundInterval[];
  /** What arrived in [fromMs, toMs). */
  framesBetween(fromMs: number, toMs: number): AudioFrame;
  /** When the last frame came, or null before the first. */
  readonly heardUntilMs: number | null;
}

/** Louder than this is sound, in dB relative to full scale, measured over `WINDOW_MS`. */
export const SOUND_DB = -45;
export const WINDOW_MS = 5;

/** A gap shorter than this, in ms, is inside speech: between words or before a plosive. */
const SAME_SOUND_GAP_MS = 250;

const WINDOW_SAMPLES = (EAR_RATE_HZ * WINDOW_MS) / 1000;

export function createHeardSound(): HeardSound {
  const frames: HeardFrame[] = [];
  const loudAtMs: number[] = [];
  return {
    add(more) {
      for (const frame of more) {
        frames.push(frame);
        for (let from = 0; from + WINDOW_SAMPLES <= frame.samples.length; from += WINDOW_SAMPLES) {
          if (levelDb(frame.samples.subarray(from, from + WINDOW_SAMPLES)) <= SOUND_DB) continue;
          loudAtMs.push(frame.arrivedAtMs + (from * 1000) / EAR_RATE_HZ);
        }
      }
    },
    intervalsSince(sinceMs) {
      const intervals: SoundInterval[] = [];
      let from = loudAtMs.length;
      while (from > 0 && (loudAtMs[from - 1] ?? 0) + WINDOW_MS > sinceMs) from -= 1;
      for (const atMs of loudAtMs.slice(from)) {
        const offsetAtMs = atMs + WINDOW_MS;
        const last = intervals.at(-1);
        if (last !== undefined && atMs - last.offsetAtMs < SAME_SOUND_GAP_MS) {
          intervals[intervals.length - 1] = { ...last, offsetAtMs: Math.max(last.offsetAtMs, offsetAtMs) };
        } else intervals.push({ onsetAtMs: Math.max(atMs, sinceMs), offsetAtMs });
      }
      return intervals;
    },
    framesBetween(fromMs, toMs) {
      const chosen = frames.filter(({ arrivedAtMs }) => arrivedAtMs >= fromMs && arrivedAtMs < toMs);
      return { samples: joinBlocks(chosen.map(({ samples }) => samples)), sampleRateHz: EAR_RATE_HZ };
    },
    get heardUntilMs() {
      return frames.at(-1)?.arrivedAtMs ?? null;
    },
  };
}
