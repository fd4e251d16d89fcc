import type { Peaks } from '@parley/contracts/calls-api';

/** How far a channel swings below and above 0 in a stretch of time, each from -1 to 1. */
export interface Swing {
  readonly low: number;
  readonly high: number;
}

/** The swing of a channel, 0 the caller and 1 the agent, from one instant to another; none where there is no sound. */
export function swingOf(peaks: Peaks, channel: 0 | 1, fromMs: number, toMs: number): Swing {
  const perMs = peaks.sample_rate / peaks.samples_per_pixel / 1_000;
  const first = Math.max(0, Math.floor(fromMs * perMs));
  const last = Math.min(peaks.length, Math.max(first + 1, Math.ceil(toMs * perMs)));
  let [low, high] = [0, 0];
  for (let index = first; index < last; index++) {
    const at = 4 * index + 2 * channel;
    low = Math.min(low, peaks.data[at] ?? 0);
    high = Math.max(high, peaks.data[at + 1] ?? 0);
  }
  return { low: low / 128, high: high / 128 };
}

/** The farthest that either channel swings: what the picture is drawn to. Never under a whisper. */
export function loudest({ data }: Peaks): number {
  return data.reduce((most, value) => Math.max(most, Math.abs(value) / 128), 0.05);
}
