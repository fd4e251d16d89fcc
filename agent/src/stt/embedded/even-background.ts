import { createFourier } from './fourier.ts';

/** Length of a frame and the step to the next, in samples: 32 and 16 ms at 16 kHz. */
const FRAME = 512;
const HOP = 256;
const BINS = FRAME / 2 + 1;

/** Share of the frames, the quietest, that are taken for background alone. */
const QUIET_SHARE = 0.15;
const FEWEST_QUIET_FRAMES = 6;
/** Neighbours on each side over which the background's spectrum is smoothed, in bins of 31 Hz. */
const SMOOTHING_BINS = 4;
/** How much of the last frame's estimate goes into the next. Source: Ephraim and Malah, 1984: 0.98; less smears less. */
const MEMORY = 0.95;
/** The background is lowered by no more than this: 20 dB. More leaves holes that sound like nothing in the model. */
const LOWEST_GAIN = 0.1;
/** Level of the noise that is laid under it all, relative to the speech: -40 dB. */
const FLOOR = 0.01;

const fourier = createFourier(FRAME);
const window = Float64Array.from({ length: FRAME }, (_, index) =>
  Math.sqrt(0.5 - 0.5 * Math.cos((2 * Math.PI * index) / FRAME)),
);

interface Spectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  readonly power: Float64Array;
}

/**
 * Gives every utterance about the same quiet background, -1 to 1 full scale: noise is lowered (a Wiener filter over
 * the spectrum of the quietest frames), and a little is laid under silence. The acoustic model knows neither loud
 * noise nor the digital silence that noise suppression and synthetic voices leave. Source of the numbers: 46 sentences
 * in three voices, with noise at -20 dB and without: 81 % understood as they are, 91 % so.
 */
export function evenBackground(samples: Int16Array): Float32Array {
  const frameCount = Math.ceil(samples.length / HOP) + 1;
  const spectra = Array.from({ length: frameCount }, (_, index) => analyse(samples, (index - 1) * HOP));
  const background = backgroundOf(spectra);
  const sound = new Float64Array((frameCount + 1) * HOP);
  let before: Float64Array = new Float64Array(BINS);
  spectra.forEach((spectrum, index) => {
    before = lower(spectrum, background, before);
    fourier.inverse(spectrum.real, spectrum.imaginary);
    for (let at = 0; at < FRAME; at++) {
      sound[index * HOP + at] = (sound[index * HOP + at] ?? 0) + (spectrum.real[at] ?? 0) * (window[at] ?? 0);
    }
  });
  return withFloor(sound.subarray(HOP, HOP + samples.length));
}

function analyse(samples: Int16Array, from: number): Spectrum {
  const real = Float64Array.from(window, (weight, index) => (weight * (samples[from + index] ?? 0)) / 32_768);
  const imaginary = new Float64Array(FRAME);
  fourier.forward(real, imaginary);
  const power = Float64Array.from(
    { length: BINS },
    (_, bin) => (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2,
  );
  return { real, imaginary, power };
}

/** Power of the background, a bin. */
function backgroundOf(spectra: readonly Spectrum[]): Float64Array {
  const total = (power: Float64Array) => power.reduce((sum, value) => sum + value, 0);
  const byLevel = spectra
    .map(({ power }) => ({ power, total: total(power) }))
    .sort((a, b) => a.total - b.total);
  const quiet = byLevel.slice(0, Math.max(FEWEST_QUIET_FRAMES, Math.round(spectra.length * QUIET_SHARE)));
  const mean = Float64Array.from(
    { length: BINS },
    (_, bin) => quiet.reduce((sum, { power }) => sum + (power[bin] ?? 0), 0) / Math.max(1, quiet.length),
  );
  return mean.map((_, bin) => {
    const around = mean.subarray(Math.max(0, bin - SMOOTHING_BINS), bin + SMOOTHING_BINS + 1);
    return total(around) / around.length;
  });
}

/** Lowers each bin of a frame by its share of background. Returns what the next frame needs of this one. */
function lower(spectrum: Spectrum, background: Float64Array, before: Float64Array): Float64Array {
  const after = new Float64Array(BINS);
  for (let bin = 0; bin < BINS; bin++) {
    const ratio = (spectrum.power[bin] ?? 0) / ((background[bin] ?? 0) + 1e-12);
    const expected = MEMORY * (before[bin] ?? 0) + (1 - MEMORY) * Math.max(0, ratio - 1);
    const gain = Math.max(LOWEST_GAIN, expected / (1 + expected));
    after[bin] = gain * gain * ratio;
    for (const place of bin === 0 || bin === BINS - 1 ? [bin] : [bin, FRAME - bin]) {
      spectrum.real[place] = (spectrum.real[place] ?? 0) * gain;
      spectrum.imaginary[place] = (spectrum.imaginary[place] ?? 0) * gain;
    }
  }
  return after;
}

/** Lays noise under the sound: the same for the same length, so that a sentence is always understood alike. */
function withFloor(sound: Float64Array): Float32Array {
  const power = sound.reduce((sum, value) => sum + value * value, 0) / Math.max(1, sound.length);
  // A sum of three even distributions over -1 to 1 has a deviation of 1.
  const level = Math.sqrt(power) * FLOOR;
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return Float32Array.from(sound, (value) =>
    Math.max(-1, Math.min(1, value + level * (next() + next() + next()))),
  );
}
