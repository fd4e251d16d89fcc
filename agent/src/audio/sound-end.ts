import { levelDb } from './frame.ts';

/** Length of a window in which the level is taken: 8 ms at 16 kHz. */
const WINDOW_SAMPLES = 128;
/**
 * Sound this far below the loudest of an utterance, in dB, is no longer of it. Speech decays by so much within some 20 ms;
 * background noise is mostly below it, and where it is not, it cannot be told from the speech.
 */
const BELOW_PEAK_DB = 30;

/**
 * Where an utterance ends by its level. A VAD takes speech as going on for a while after its last sound: Silero for 70 to
 * 120 ms, measured on synthetic sentences over an SFU. That is right for deciding on a turn, and wrong for telling how
 * long somebody waited.
 */
export interface SoundEnd {
  /** The next sound of the utterance, at 16 kHz, which ends at `endsAtMs`. */
  hear(samples: Int16Array, endsAtMs: number): void;
  /** End of the last window that was loud enough, or null before the first; another utterance begins. */
  take(): number | null;
}

export function createSoundEnd(): SoundEnd {
  let peakDb = Number.NEGATIVE_INFINITY;
  let endAtMs: number | null = null;
  return {
    hear(samples, endsAtMs) {
      for (let from = 0; from + WINDOW_SAMPLES <= samples.length; from += WINDOW_SAMPLES) {
        const level = levelDb(samples.subarray(from, from + WINDOW_SAMPLES));
        peakDb = Math.max(peakDb, level);
        const windowEnd = from + WINDOW_SAMPLES;
        if (level > peakDb - BELOW_PEAK_DB) endAtMs = endsAtMs - (samples.length - windowEnd) / 16;
      }
    },
    take() {
      const taken = endAtMs;
      peakDb = Number.NEGATIVE_INFINITY;
      endAtMs = null;
      return taken;
    },
  };
}
