import { type AudioFrame, levelDb } from '@parley/agent/audio/frame';

/** Louder than this is sound, as at the ear: dB relative to full scale over `WINDOW_MS`. */
const SOUND_DB = -45;
const WINDOW_MS = 5;

/** The sound without the silence around it: its first sample is what a caller's first sound is measured from. */
export function trimSilence({ samples, sampleRateHz }: AudioFrame): AudioFrame {
  const window = Math.round((sampleRateHz * WINDOW_MS) / 1_000);
  const starts = Array.from({ length: Math.floor(samples.length / window) }, (_, index) => index * window);
  const loud = starts.filter((from) => levelDb(samples.subarray(from, from + window)) > SOUND_DB);
  const [first = 0, last = samples.length - window] = [loud[0], loud.at(-1)];
  return { samples: samples.slice(first, last + window), sampleRateHz };
}
