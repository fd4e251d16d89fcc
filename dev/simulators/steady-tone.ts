/** Tone n of a script has this many Hz, plus a step for each n. */
const FIRST_HZ = 300;
const STEP_HZ = 50;

/** Farthest a tone may be from its frequency, in Hz. */
const TOLERANCE_HZ = 15;
/** Periods that must be within a twentieth of the middle one. Speech has half of them at most. */
const STEADY_SHARE = 0.8;
const STEADY_WITHIN = 0.05;
/** Fewer periods tell nothing. */
const FEWEST_PERIODS = 8;

/** Frequency of the tone that stands for sentence n. */
export const toneHz = (index: number): number => FIRST_HZ + STEP_HZ * index;

/** Which tone the sound is; null where it is none. */
export function steadyToneOf(samples: Int16Array, sampleRateHz: number): number | null {
  const periods = periodsOf(samples).sort((a, b) => a - b);
  const middle = periods[periods.length >> 1];
  if (middle === undefined || periods.length < FEWEST_PERIODS) return null;
  const steady = periods.filter((period) => Math.abs(period - middle) < middle * STEADY_WITHIN);
  if (steady.length < periods.length * STEADY_SHARE) return null;
  const mean = steady.reduce((sum, period) => sum + period, 0) / steady.length;
  const index = Math.round((sampleRateHz / mean - FIRST_HZ) / STEP_HZ);
  return index >= 0 && Math.abs(sampleRateHz / mean - toneHz(index)) <= TOLERANCE_HZ ? index : null;
}

/** Times between upward zero crossings, in samples, each crossing placed between its two samples. */
function periodsOf(samples: Int16Array): number[] {
  const crossings: number[] = [];
  for (let at = 1; at < samples.length; at++) {
    const before = samples[at - 1] ?? 0;
    const after = samples[at] ?? 0;
    if (before < 0 && after >= 0) crossings.push(at - after / (after - before));
  }
  return crossings.slice(1).map((crossing, index) => crossing - (crossings[index] ?? 0));
}

/** The tone that stands for sentence n, at -12 dB, for tests that speak to a simulated recogniser. */
export function makeTone(index: number, durationMs: number, sampleRateHz: number): Int16Array {
  const step = (2 * Math.PI * toneHz(index)) / sampleRateHz;
  return Int16Array.from({ length: Math.round((durationMs * sampleRateHz) / 1000) }, (_, at) =>
    Math.round(8_192 * Math.sin(step * at)),
  );
}
