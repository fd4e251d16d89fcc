/** Changes the sample rate of one continuous sound. Not shared: it remembers the end of what it was given. */
export interface Resampler {
  /** Takes the next samples; returns all output that needs no later input. */
  push(samples: Int16Array): Int16Array;
  /** Ends the sound and returns the rest. The whole output has `round(input * to / from)` samples. */
  flush(): Int16Array;
}

/** Zero crossings of the sinc on each side: 16 give a stop band below -80 dB at about 1 ms of delay at 16 kHz. */
const ZERO_CROSSINGS = 16;
/** Shape of the Kaiser window; 8 weighs a stop band of -80 dB against a transition of a fifth of the band. */
const KAISER_BETA = 8;

/**
 * A polyphase windowed-sinc resampler without delay: output sample 0 lies on input sample 0.
 * Rates in Hz, whole numbers above 0; throws RangeError for others.
 */
export function createResampler(options: { readonly fromHz: number; readonly toHz: number }): Resampler {
  const { fromHz, toHz } = options;
  for (const rate of [fromHz, toHz]) {
    if (!Number.isInteger(rate) || rate <= 0)
      throw new RangeError(`a sample rate must be a whole number above 0, not ${rate}`);
  }
  if (fromHz === toHz) return { push: (samples) => samples, flush: () => new Int16Array(0) };
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const step = fromHz / divisor;
  const phases = toHz / divisor;
  const bank = filterBank(phases, Math.min(1, toHz / fromHz));
  const reach = bank.reach;

  // `pending` begins `reach` samples before the input position of the next output.
  let pending = new Float32Array(reach);
  let inputCount = 0;
  let outputCount = 0;
  let position = 0;
  let phase = 0;

  const run = (until: number): Int16Array => {
    const output: number[] = [];
    while (position + 2 * reach < pending.length && outputCount < until) {
      const taps = bank.taps(phase);
      let sum = 0;
      for (let tap = 0; tap < taps.length; tap++) sum += (taps[tap] ?? 0) * (pending[position + tap] ?? 0);
      output.push(Math.max(-32768, Math.min(32767, Math.round(sum))));
      outputCount += 1;
      phase += step;
      position += Math.floor(phase / phases);
      phase %= phases;
    }
    pending = pending.slice(position);
    position = 0;
    return Int16Array.from(output);
  };
  const append = (samples: ArrayLike<number>) => {
    const joined = new Float32Array(pending.length + samples.length);
    joined.set(pending);
    joined.set(samples, pending.length);
    pending = joined;
  };

  return {
    push(samples) {
      append(samples);
      inputCount += samples.length;
      return run(Number.POSITIVE_INFINITY);
    },
    flush() {
      append(new Float32Array(2 * reach + step));
      return run(Math.round((inputCount * toHz) / fromHz));
    },
  };
}

/** Changes the sample rate of a whole sound. Rates as for `createResampler`. */
export function resample(
  samples: Int16Array,
  rates: { readonly fromHz: number; readonly toHz: number },
): Int16Array {
  const resampler = createResampler(rates);
  const head = resampler.push(samples);
  const tail = resampler.flush();
  const all = new Int16Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

interface FilterBank {
  /** How many input samples a filter reaches to either side. */
  readonly reach: number;
  /** The filter of an output sample that lies `phase / phases` of the way to the next input sample. */
  taps(phase: number): Float32Array;
}

/** Filters depend on the two rates alone, and a process meets a handful of rates: each is computed once. */
const banks = new Map<string, FilterBank>();

function filterBank(phases: number, cutoff: number): FilterBank {
  const key = `${phases}:${cutoff}`;
  const known = banks.get(key) ?? designFilterBank(phases, cutoff);
  banks.set(key, known);
  return known;
}

function designFilterBank(phases: number, cutoff: number): FilterBank {
  const reach = Math.ceil(ZERO_CROSSINGS / cutoff);
  const filters = new Map<number, Float32Array>();
  const design = (phase: number): Float32Array => {
    const taps = new Float32Array(2 * reach + 1);
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) {
      const distance = tap - reach - phase / phases;
      const weight = sinc(distance * cutoff) * kaiser(distance / (reach + 1));
      taps[tap] = weight;
      sum += weight;
    }
    return taps.map((weight) => weight / sum);
  };
  return {
    reach,
    taps(phase) {
      const taps = filters.get(phase) ?? design(phase);
      filters.set(phase, taps);
      return taps;
    },
  };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x)) / besselI0(KAISER_BETA);
}

function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-9; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
