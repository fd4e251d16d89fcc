/** What the reference adds to the variance, takes for no energy, and how far below the loudest band it listens. */
const VARIANCE_FLOOR = 1e-7;
const LEAST_LOG = -10;
const RANGE_LOG = 8;

export const FULL_SCALE = 32_768;

export interface Level {
  readonly mean: number;
  /** Logarithm to base 10 of the factor on every energy that gives the sound a variance of 1. */
  readonly gainLog: number;
}

/** The level, full scale 1, of a window of so many samples that is silence but for `parts`. */
export function levelOf(windowSamples: number, parts: readonly Int16Array[]): Level {
  let sum = 0;
  let squares = 0;
  for (const part of parts) {
    for (let index = 0; index < part.length; index++) {
      const sample = part[index] ?? 0;
      sum += sample;
      squares += sample * sample;
    }
  }
  const mean = sum / windowSamples / FULL_SCALE;
  const variance = Math.max(0, squares / windowSamples / FULL_SCALE ** 2 - mean * mean);
  return { mean, gainLog: -Math.log10(variance + VARIANCE_FLOOR) };
}

/** Turns logarithms of energies, in place, into what the model was trained on: about -1 to 1. */
export function normalise(logs: Float32Array, gainLog: number): void {
  let loudest = LEAST_LOG;
  for (let index = 0; index < logs.length; index++) loudest = Math.max(loudest, (logs[index] ?? 0) + gainLog);
  const least = Math.max(LEAST_LOG, loudest - RANGE_LOG);
  for (let index = 0; index < logs.length; index++) {
    logs[index] = (Math.max(least, (logs[index] ?? 0) + gainLog) + 4) / 4;
  }
}
